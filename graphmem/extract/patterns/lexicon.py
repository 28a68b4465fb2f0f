"""The closed classes of English that the patterns stand on, and the few open ones that they need by name."""

from __future__ import annotations

ARTICLES = frozenset({"the", "a", "an"})
POSSESSIVES = frozenset("his her its their".split())
DETERMINERS = (
    ARTICLES | POSSESSIVES | frozenset("this that these those each every another some several many both all no".split())
)
PERSON_PRONOUNS = frozenset("he she".split())
PRONOUNS = PERSON_PRONOUNS | frozenset("it they".split())
# Objects that say nothing outside their sentence.
EMPTY = (
    PRONOUNS
    | DETERMINERS
    | frozenset(
        "him them himself herself itself themselves one other others which whom who what there here it's more less well "
        "alone together earlier later".split()
    )
)
PREPOSITIONS = frozenset(
    "in on at by from to for of with as near into through under during against between within since until after "
    "before around along alongside over via towards toward upon among across behind above below beyond outside".split()
)
CONJUNCTIONS = frozenset("and or but nor yet while whereas so because although though if unless than".split())
RELATIVES = frozenset("who whom whose which that where when how why what whether".split())
BE = frozenset("is was are were be been being".split())
BECOME = frozenset("became become becomes remained remains remain".split())
HAVE = frozenset("has have had".split())
MODALS = frozenset("will would can could may might must shall should do does did".split())
ADVERBS = frozenset(
    "also now still later then once often first best not never currently formerly twice again thus soon ever always "
    "already just almost even perhaps together sometimes better well both instead only last most mostly".split()
)
FUNCTION_WORDS = (
    DETERMINERS | PRONOUNS | PREPOSITIONS | CONJUNCTIONS | RELATIVES | BE | BECOME | HAVE | MODALS
    | (ADVERBS - {"first", "best", "last", "most", "only", "better", "well"})
    | frozenset("there here him them himself herself itself themselves i we you us me my our your not no without about "
                "having being longer up out off down due according including such except despite per like unlike".split())
)  # fmt: skip
# What opens a sentence whose main clause is stated only under a condition.
CONDITIONALS = frozenset("if unless whether suppose should".split())

PARTICLES = frozenset("out up off down over away back".split())
# Small words inside names: "Ludwig van Beethoven", "Rio de la Plata", "University of the Arts".
NAME_JOINTS = frozenset("of the de la le von van der den del della da di du al el bin ibn y e zu und et".split())
NOBILITY = frozenset(
    "Duke Duchess Count Countess King Queen Prince Princess Earl Baron Baroness Marquess Marquis Margrave Landgrave "
    "Elector Archduke Archduchess Emperor Empress Lord Lady Viscount Baronet Bishop Archbishop Jr. Sr. Jr Sr II III".split()
)

# Offices: "the President of X" holds of X; other capitals before "of" are one name ("Commonwealth of Nations").
OFFICES = NOBILITY | frozenset(
    "President Governor General Governor-General Minister Mayor Chancellor Director Head Chief Secretary Member "
    "Palatine Sultan Pope Abbot Abbess Rector Dean Professor Chairman Chair Commissioner Ambassador Speaker Justice "
    "Consort Regent Lieutenant Marshal Sheriff Deputy Chairwoman Khan Shah Caliph Emir Sovereign Infanta Founder".split()
)

MONTHS = frozenset("january february march april may june july august september october november december".split())
CIRCA = frozenset("circa ca ca. c. c around about approximately early late mid probably".split())
ERAS = frozenset("BC AD BCE CE B.C. A.D.".split())

# Pasts and participles that do not end in -ed.
IRREGULAR_PASTS = frozenset(
    "wrote won led made sang held built began gave took left lost met ran sold taught went stood spoke spent rose "
    "sent drew drove fought found fell grew kept knew laid lay lived paid put said saw sat shot set swam threw told "
    "understood wore bought brought broke caught chose cut came bore beat felt flew forgot got hit hung hurt lent "
    "shared starred wed bred bound hid rode sought slept split spread stole struck tore wound died".split()
) - {"said", "saw", "told", "knew", "felt", "understood", "forgot", "found", "left", "lay", "wound", "bound"} | {
    "found"
}
IRREGULAR_PARTICIPLES = frozenset(
    "born written known held made built begun given taken left lost met run sold taught gone spoken spent risen sent "
    "drawn driven fought found fallen grown kept laid paid put seen shot set sung swum thrown told won led worn bought "
    "brought broken caught chosen cut come borne beaten flown forgotten hit hung hurt lent wed bred bound hidden "
    "ridden sought split spread stolen struck torn understood shown sworn woven frozen blown cast".split()
)
PRESENTS = frozenset(
    "stars features follows tells contains includes lies serves plays lives works teaches hosts owns operates flows "
    "borders covers represents produces publishes provides offers holds consists belongs comprises depicts describes "
    "explores stands marks connects occupies employs hails studies writes directs appears focuses concerns centers "
    "revolves deals runs begins takes specializes manufactures seats joins rises leads links separates crosses "
    "sits enters drains empties passes encompasses incorporates manages oversees chronicles stems refers sells makes "
    "resides competes forms reflects bears receives consumes carries supports protects opens closes uses".split()
)
NOT_VERBS = frozenset(
    "need speed breed seed feed weed deed hundred sacred naked wicked rugged embed indeed unincorporated so-called "
    "related based-on infrared united red kindred hatred".split()
)
# What is something "to" a noun, where others take a verb ("likely to").
ADJACENT = frozenset("home host heir adjacent similar native close next equivalent parallel opposite".split())
# Nouns that are mostly the first half of another ("film and television director").
FIELDS = frozenset("film television stage radio music opera theatre theater jazz pop rock book video road rail".split())
# Participles that go on with the story more often than they describe the noun before them.
NOT_MODIFIERS = frozenset("followed compared joined accompanied combined supported aided".split())
ING_NOUNS = frozenset(
    "building king spring ring wing painting recording setting meeting evening wedding clothing crossing opening drawing "
    "beginning ending feeling something anything nothing everything offspring sibling darling landing listing ranking "
    "string sterling training engineering marketing banking shipping fishing writing housing publishing mining racing "
    "boxing wrestling rowing cycling acting programming manufacturing swimming skiing shooting morning ceiling wording "
    "being thing king sing string rating reading spelling dwelling gathering farming".split()
)
# Verbs whose object is a report, not a fact of the sentence's subject.
REPORTING = frozenset(
    "claimed believed argued suggested thought reported alleged rumored rumoured assumed supposed denied doubted "
    "wanted intended planned expected hoped tried attempted refused failed wished threatened proposed".split()
)
# Predicates that are followed by a list of names, each of them an object of its own.
LISTING = frozenset("starring stars starred featuring features featured".split())

KIN = frozenset(
    "son daughter child father mother parent brother sister sibling half-brother half-sister twin wife husband spouse "
    "widow widower grandson granddaughter grandfather grandmother grandchild nephew niece uncle aunt cousin heir "
    "heiress mistress consort fiancée fiancé partner stepson stepdaughter stepfather stepmother son-in-law "
    "daughter-in-law father-in-law mother-in-law brother-in-law sister-in-law great-grandson great-granddaughter "
    "descendant ancestor grandparent".split()
)
ROLES = KIN | frozenset(
    "founder co-founder author creator director producer composer writer inventor designer architect builder editor "
    "publisher owner capital successor predecessor leader chairman president ceo secretary minister mayor governor "
    "king queen ruler bishop student pupil teacher mentor friend colleague collaborator bandmate drummer guitarist "
    "singer vocalist bassist coach captain manager member novel book film album song single ep debut play opera poem "
    "series memoir autobiography headquarters seat county suburb tributary subsidiary flagship sequel prequel".split()
)
# "The population was 334" is about the place that the document is about.
ATTRIBUTES = ROLES | frozenset(
    "population area elevation cast base altitude length height depth capacity motto headquarters name real birth full maiden "
    "nickname stage circulation area code zip".split()
)
GROUPS = frozenset("band group duo trio quartet quintet team club company family people tribe couple".split())
# What a definition calls a thing that is neither he nor she.
THINGS = GROUPS | frozenset(
    "film movie album song single ep novel book series episode play opera poem magazine newspaper journal village town "
    "city municipality commune county district province region state country river lake mountain island station "
    "railway airport school college university museum church cathedral building bridge road street highway ship "
    "submarine aircraft software game battle war treaty party organization organisation institution agency label "
    "genus species award festival tournament championship season soundtrack community place township suburb house "
    "castle temple stadium hospital".split()
)
# A range of years after such a name is no life.
NOT_PERSONS = frozenset(
    "Kingdom Empire Republic War Wars Dynasty Club Company Railway University Party Province State County School "
    "Battle Union League Treaty Revolution Series Magazine Museum Records Festival Government Ministry Army".split()
)
# Other words by which a definition's noun is taken up again.
SYNONYMS = {
    "film": ("movie", "picture"),
    "movie": ("film", "picture"),
    "series": ("show",),
    "village": ("settlement",),
    "novel": ("book",),
}
