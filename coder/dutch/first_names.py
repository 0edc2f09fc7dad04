"""First names that are common in Belgium and the Netherlands, in small letters: to mask them in quotes.

Written for this package, not taken from a register, so rare names are missing.
"""

FIRST_NAMES = frozenset(
    """
    aad aafke aaltje aart abdel abdelkader abdellah abdul abdullah abel achmed adam adelheid adil adriaan adrie
    agnes ahmad ahmed aicha aida aisha albert alec aleida alex alexander alexandra alexia alfons alfred ali alicia
    alina aline alissa aliyah amal amanda amber amin amina amir amira amélie ana anas andrea andreas andries andré
    anita anja anke anna annabel anne anneke anneleen annelies annemarie annemie annick annie annika anouk anselm
    ansje anthony antje antoine antoinette antonia antonio antoon ariane arie arjan arjen arlette armand arne arno
    arnold arnout arthur arturo astrid audrey aurélie axel ayla aylin ayoub aziz aïcha babette barbara bart bas
    bastiaan beatrijs benedict benjamin benno benny berend bernadette bernard bert bertus betty bianca bilal bjorn
    björn bob boris boudewijn brahim bram brecht brenda brigitte britt carine carla carlo carlos carmen carolien
    carolina caroline cas casper catharina catherine cathy cathérine cecile cedric celine chaima chantal charles
    charlotte chloé chris christa christel christiaan christiane christina christine christoph christophe cindy
    claire claudia claudine conny coralie corine cornelia cornelis corrie cynthia cécile cédric céline daan dagmar
    daisy dana daniel daniela danielle daniël daniëlle danny daphne david debbie debby delphine denise dennis
    desiree diana dick diede diederik diego dieter dimitri dinah dineke dirk dominique donna dorien dorine driss
    dylan désirée ebru eddy edgard edith eduard edwin eefje eelco egbert elena elfi eline elisa elisabeth elise ella
    ellen elly els elsbeth elsie elvira emiel emile emilie emine emma emre eric erica erik erika erna ernst erwin
    esmee esmée esra esther etienne eugène eva evelien eveline evelyn evelyne evert evi evy eward ewout fabian
    fabienne fadila farid farida fatih fatiha fatima fatma fedde felix femke ferdinand fernand fien filip finn
    firmin flip floortje flore florent florian floris francesca francine francis francisca franciscus francois
    franka frans franz françois françoise fred freddy frederic frederick frederik frederique freek freija freya
    frieda frits froukje gabriel gabriella gaston geert geertje geertrui geertruida georges gerard gerda gerlinde
    gerrit gert gertjan gertrude ghislaine gianni gijs gilbert gilles gina gino giovanni gisela gisèle glenn
    godelieve goedele greet greetje greta gretel griet gudrun guido guillaume gunther gust gustaaf gustave gwen
    gwendoline gwendolyn hadewych hafida haico hakan hamid hamza hanna hannah hanne hanneke hannelore hans harm
    harmen harrie harry hasan hassan hatice hedwig heidi heike hein heleen helena helga hendrik hendrika henk hennie
    henny henri henriëtte henry herbert herman hermine hicham hilda hilde hildegard hubert hugo huib husein hussein
    hélène ibrahim ida ignace igor ilham ilias ilona ilse ilyas imane imke imran ina ine ineke inez inge ingeborg
    ingrid irena irene irina irène isa isaac isabel isabella isabelle ismail ismaël ivan ivo ivonne jaap jacob
    jacoba jacqueline jacques jaimy jalal jamal james jamila jan jana jane janine janna janneke jannes jannie janny
    jari jarne jasmien jason jasper jayden jean jeanine jeanne jeannette jef jeffrey jelle jelte jens jeremy jeroen
    jerome jesse jessica jessy jette jill jimmy joachim joan joanna jochem joel joeri joey johan johanna johannes
    john johnny jolanda jolande jolien jonas jonathan joop joost joran jordi jordy jorg jorien joris jos josefien
    josefine joseph josephine joshua josé joyce jozef jozefien joël judith jules julia julian julie julien juliette
    julius jurgen jurre justin jérôme jürgen kaat kadir karel karen karim karima karin karine karl karlien karlijn
    karolien kasper kathleen kathy katleen kato katrien katrijn kees kelly ken kenneth kenny kevin khadija khaled
    khalid kiran klaartje klaas klara kobe koen koenraad koos kristel kristiaan kristien kristin kristina kristof
    krystyna kurt kyara kyra lander lara lars latifa laura laure laurence laurens laurent lena lene leni lennart
    lennert lennie leo leon leonard leonie leontien leyla liam lianne lidia lidwien lieke lien liesbet liesbeth
    liese lieselot lieselotte lieven lilian liliane lily lina linda linde lindsay lindsey lisa lisanne lise liselot
    lisette lode lodewijk loes lore loreen lorenzo lotte louis louisa louise louiza loïc luc luca lucas lucia lucie
    lucien lucienne lucille ludo ludovic lukas lut lutgard lutgarde luuk lydia lynn léon maaike maarten maartje
    machteld madelon magali magda mahmoud maike manon manuel manuela marc marcel marco margaretha margaux margot
    margreet margriet maria mariam mariana marianne maribel marie marieke marielle marijke marijn marijse marilyn
    mario marion marit marita mariël mariëlle marja marjan marjolein marjolijn markus marleen marlene marlien
    marlies marloes marlène marnix marta martha marthe martijn martin martina martine marwa mary maryam mathias
    mathieu mathijs mathilde matteo matthew matthias matthijs maud maureen maurice maurits maxim maxime maximilien
    mechteld mehdi mehmet melanie melina melissa menno merijn merlijn merve meryem mia michael michaël michel
    michelle michiel michèle mieke miguel mikaël mike milo milou mimi mira miranda miriam mirjam mirte mirthe moh
    mohamad mohamed mohammad mohammed monica monika monique morgane mounir moussa muhammed murat muriel mustafa
    mustapha myra myriam myrthe nabil nadia nadine nadège najat najib naomi natacha natalia natalie nathalie nathan
    nele nelly nettie nick nicky nico nicola nicolas nicole nicolette niels nienke nils nina noa noah nora norbert
    noreen noud nour noémi noémie noël odette olaf olga olive oliver olivia olivier omar oscar oskar osman otto
    oumaima paola pascal pascale pascalle patricia patrick patrik paul paula paulien paulina pauline pedro peggy
    perla peter petra philip philippe piet pieter pieterjan pietje quinten rabia rachel rachid rachida raf rafael
    rafaël rafik ramazan ramon ramona ramses raoul raymond rebecca regina reginald reinhart reinhilde reinier
    reinout remco remi remy renaat renate renilde reno rené renée resul ria rianne ricardo richard rick ridouan rik
    rika rina rita robbe robbert robert roberta roberto robin rocco rodrigo roel roeland roelof roger rogier roland
    rolf romain roman romana ron ronald ronny rosalie rosalinde rosanne rosemarie rosita roxane roy ruben rudi
    rudolf rudy rutger ruth ruud ruxandra rémi saar sabina sabine sabrina safae said saida salima salma samantha
    samir samira sammy samuel sander sandra sandrine sanne sara sarah saskia saïd sean sebastiaan sebastian selim
    selma semih senne serge sharon sharona shauni shirley sibel siebe siebren sigrid silke silvia silvie simon
    simone simonne sina siska sjaak sjoerd sjors soetkin sofia sofiane sofie sonia sonja sophie soraya souad
    soufiane stef stefaan stefan stefanie stefano steff stephan stephanie steve steven stijn stéphane suzan suzanna
    suzanne suzy sven swa sylvain sylvester sylvia sylvie sébastien tamara tania tanja tara tarik tariq tatiana
    tatjana ted teresa tess tessa tetiana teun theo theodoor theresa thierry thijmen thijs thomas thorsten thérèse
    tibo tiffany tijl tijmen tijn tilly tim timo timothy tina tineke tjeerd tobias toine tom tommy tonny trees
    tristan trudy truus twan ugur ulrike ursula valerie valérie vanessa veerle vera verona veronique vicky viktor
    vincent vincenzo violette virginie vivian viviane véronique walid walter wannes ward wendy werner wesley wessel
    widad wietse wilfried wilhelmina willeke willem willemijn willy wilma wim wouter xander xavier yacine yannick
    yara yasemin yasin yasmina yasmine yassin yassine ylva yolanda youri youssef yusuf yvan yves yvette yvonne zahra
    zakaria zeynep ziad zineb zita zohra zoé zoë
    """.split()
)
"""Names that are hardly ever another word."""

WORD_NAMES = frozenset(
    """
    an angel ann april arend axelle ben bloem bo boy bruno dries elke faith fleur floor florence frank friso guy
    hope iris jade jasmijn jet jip jo job joke jordan josse joy june kim kris kristal lea leen lente lies lieve lot
    luna madelief mare marina mark marlon mart mats max mees mei merel mick mien mies milan mina morgan nel noor pim
    pip puck rein riet rob robijn roos rosa rose ruby rune sam sien sky sol stan sterre storm summer ties tine tiny
    toon victor victoria viola wiebe wil will wolf
    """.split()
)
"""Names that are another word too ("Ben tevreden", "een job"): taken for a name in the middle of a sentence alone."""
