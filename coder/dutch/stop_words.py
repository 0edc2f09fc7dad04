"""Dutch function words: what the key words of a topic leave out."""

STOP_WORDS = frozenset(
    """
    aan aangezien achter af al alle alleen allemaal alles als alsook altijd ander andere anders bent
    ben bij bijna binnen boven buiten daar daarna daarom dan dat de den der deze die dit doe doen door
    dus een eens eigenlijk elk elke en enkel er erg ergens even gaan gaat geen geraken gewoon haar had
    hadden heb hebben hebt heel heeft hem hen het hier hij hoe hoewel hun iemand iets ik in ipv is ja
    je jij jou jouw jullie kan kom komen komt kon kunnen maar me mee meer meest men met mij mijn minder
    misschien moest moet moeten mogen mss na naar nee net niet niets nog nooit nu of om omdat onder ons
    onze ook op over precies s soms steeds t te tegen toch toe tot tussen u uit uw van vanuit veel via
    voor vooral waar waarom waren was wat we weer wel werd werden wie wij wil willen word worden wordt
    wou ze zeer zei zelf zich zij zijn zo zoals zonder zou zouden zowel zullen
    """.split()
)
