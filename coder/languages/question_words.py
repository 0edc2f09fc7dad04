"""Words of questions that say nothing of what is asked about, in Dutch, French and English."""

ASKED = frozenset("u je jij jullie men we wij ze zij vous tu on nous you they uw".split())
"""Who is asked; in Dutch and French the verb stands just before."""
EMPTY = ASKED | frozenset(
    """
    welke welk wat hoe waarom waar wie wanneer hoeveel waarmee waarover waarvoor waarin is zijn was waren wordt
    worden heeft hebt heb hebben had kan kunt kunnen zou zouden zal zult zullen moet moeten mag wil wilt willen
    doet doen vindt vind ziet zie denkt denk noem geef de het een en of er te in op aan met voor van door bij
    uit om over naar tot als dat die dit deze volgens jouw je mijn ons onze hun haar nog ook niet wel meer zelf
    binnen dan vandaag nu eens al allemaal quel quelle quels quelles que quoi qui comment pourquoi où quand est
    sont a ont peut peuvent le la les un une des du et ou dans sur avec pour par votre vos notre nos leur selon
    au aux ce cette ces en what which how why where who when is are was were do does did can could would should
    will the a an and or of in on with for by to from at about your our their my this that these those there has
    have
    """.split()
)
"""Words that a question is made of, beside what it is about."""
