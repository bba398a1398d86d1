# Les pages d'un dépôt.
nav-place = Emplacement
nav-repository = Dépôt
tab-card = Fiche
tab-files = Fichiers
tab-openness = Ouverture
tab-safety = Sûreté
tab-lineage = Filiation
tab-settings = Réglages
fact-licence = Licence
fact-size = Taille
fact-safety = Analyse de sûreté
fact-changed = Dernière modification
fact-downloads = Téléchargements
licence-commercial = usage commercial permis
licence-commercial-conditions = usage commercial sous conditions
licence-not-commercial = pas d’usage commercial
licence-may-change = modification permise
licence-may-not-change = modification interdite
licence-some-uses = certains usages sont exclus
revision = Révision
history = Historique
upload-files = Déposer des fichiers
no-files = Ce dossier est vide.
file-name = Nom
last-commit = Dernier commit
date = Date
download = Télécharger
files-at-commit = fichiers à ce commit
commit = Commit

safety-nothing = rien à analyser
safety-pending = en cours
safety-failed = n’a pas pu se terminer
level-clean = Rien trouvé
level-needs-review = À relire
level-partial = Compris en partie
level-suspicious = Suspect
level-malicious = Malveillant
safety-title = Ce que feraient les fichiers
safety-about = Les fichiers sont lus sans être exécutés. « Rien trouvé » n’est dit que si chaque octet a été compris.
scan-pending = Ces fichiers sont en cours d’analyse
scan-failed = L’analyse n’a pas pu se terminer
scan-stale = Ces fichiers vont être analysés de nouveau, selon des règles plus récentes.
scan-again = Analyser de nouveau
scan-made = Analysé le { $date }, commit
policy = Règles
files-scanned = { $count ->
    [one] { $number } fichier a été analysé.
   *[other] { $number } fichiers ont été analysés.
  }
more-files = { $count ->
    [one] { $number } autre fichier n’est pas sain.
   *[other] { $number } autres fichiers ne sont pas sains.
  }
awaiting-antivirus = { $count ->
    [one] L’antivirus doit encore examiner { $number } fichier.
   *[other] L’antivirus doit encore examiner { $number } fichiers.
  }
flagged-files = Fichiers qui ne sont pas sains
signatures = Signatures
no-signatures = Aucune signature de modèle n’a été trouvée dans cette révision.
signer-by-certificate = le titulaire d’un certificat
signature-valid = Signé par { $signer } ; tous les fichiers sont couverts et tels qu’ils ont été signés
signature-in-part = Signé par { $signer } ; les fichiers couverts sont tels qu’ils ont été signés, d’autres ne sont pas couverts
signature-differs = Des fichiers diffèrent de ce qui a été signé
signature-refused = Non retenue : { $why }

lineage-title = D’où il vient
lineage-about = Selon ce que disent les fiches des dépôts.
made-from = Issu de
no-bases = La fiche ne nomme aucun modèle de base.
not-here = (absent d’ici)
named-datasets = Jeux de données nommés par la fiche
derivatives = Issus de celui-ci
no-derivatives = Aucun modèle d’ici ne dit être issu de celui-ci.
all-derivatives = Tous les modèles qui le disent
relation-finetune = affiné
relation-adapter = adaptateur
relation-quantized = quantifié
relation-merge = fusion
kin-bases-about = Sous chaque modèle se trouve ce dont il est issu ; le mot à côté dit comment.
kin-derivatives-about = Sous chaque modèle se trouve ce qui en est issu ; le mot à côté dit comment.
kin-this = (celui-ci)
kin-circle = (un cercle : il est déjà sur le chemin, et n’est pas suivi de nouveau)
kin-above = (ce qui va dessous est montré plus haut)
kin-further = Suivre plus loin
kin-cut = Cela va plus loin que ce qui est montré ici : une page s’éloigne de cinq pas et nomme cent dépôts en tout.

look-again = Regarder de nouveau
since = Demandé le { $date }

owner-empty = Rien que vous puissiez voir.
members = Membres
organizations = Organisations
member-since = Ici depuis le { $date }
role-read = lit
role-contributor = contribue
role-write = écrit
role-admin = administre

edit = Modifier
line = Ligne
previous-page = Page précédente
file-not-scanned = Pas encore analysé.
file-empty = Ce fichier est vide.
pdf-version = PDF { $version }
pdf-title = Titre
pdf-pages = Pages
pdf-not-shown = Téléchargez ce document pour le lire. Ce hub ne dessine pas les pages des documents.
pdf-page-of = Page { $page } sur { $pages }
pdf-page-alternative = { $page } de { $name }
pdf-go-to = Aller à la page
pdf-show = Afficher
pdf-text = Texte de cette page
pdf-too-large = Ce document est plus grand que ce qui est dessiné ici, 32 Mio. Téléchargez-le pour le lire.
pdf-encrypted = Ce document est chiffré ; aucune de ses pages n’est donc dessinée. Téléchargez-le pour l’ouvrir avec son mot de passe.
pdf-broken = Aucune page de ce document n’a pu être dessinée : il est endommagé, ou n’est pas ce qu’il prétend être. Téléchargez-le pour l’examiner.
pdf-too-much = Dessiner cette page demandait trop de temps ou de mémoire ; nous y avons mis fin. Téléchargez le document pour le lire.
pdf-busy = Trop de pages sont en cours de dessin en ce moment. Rechargez cette page dans un instant, ou téléchargez le document.
pdf-held-back = Ce document est malveillant et retenu ; les images de ses pages le sont aussi.
file-not-shown = Une page ne peut pas montrer ce fichier ; téléchargez-le pour le lire.
file-cut = Ceci est le début ; le reste est dans le téléchargement.
show-source = Voir la source
show-rendered = Voir le rendu
output-html = Cette cellule a donné du HTML, qui n’est pas montré.
output-unknown = Cette cellule a donné quelque chose qui n’est pas montré.
structure-of = Ce que contient ce fichier { $format }
structure-partial = Il y a plus que ce qui est dit ici, ou une partie n’a pas pu être lue.
imports = Imports
imports-about = Ce que charger ce fichier importerait.
tensors = Tenseurs
totals = Totaux par type
tensor-type = Type
elements = Éléments
search-tensors = Chercher par nom
shape = Forme
offsets = Octets de–à
tensors-found = { $count ->
    [one] { $number } tenseur
   *[other] { $number } tenseurs
  }
metadata = Métadonnées
archive-members = Fichiers contenus
chat-template = Modèle de conversation
parent = parent
files-changed = { $count ->
    [one] { $number } fichier modifié.
   *[other] { $number } fichiers modifiés.
  }
changes-cut = Il y en a plus que montré.
change-added = Ajouté
change-deleted = Supprimé
change-changed = Modifié
diff-not-shown = Les lignes ne sont pas montrées ici.
diff-too-long = Trop long à comparer sur une page.
diff-binary = Ce n’est pas un texte.
diff-same = Aucune ligne ne diffère.
use-this = S’en servir
contents = Sommaire
no-card = Ce dépôt n’a pas de fiche.
no-card-advice = Une fiche dit ce que c’est, de quoi c’est fait et à quoi cela peut servir.
write-card = Écrire la fiche

upload-to = Vers
upload-choose = Fichiers
upload-folder = Un dossier entier
upload-drop = Déposez ici des fichiers et des dossiers, ou choisissez-les. Les fichiers de toute taille partent par morceaux et reprennent où ils se sont arrêtés.
upload-limit = Jusqu’à { $limit } par fichier ; au-delà, il faut un script ou `hf upload`.
upload-send = Envoyer
upload-chosen = fichiers choisis.
upload-nothing = Choisissez au moins un fichier.
upload-hashing = Calcul de l’empreinte :
upload-sending = Envoi :
upload-committing = Création du commit…
upload-done = Terminé.
upload-failed = Cela n’a pas marché ; ce qui est arrivé n’est pas renvoyé.
commit-message = Ce qui a changé, en quelques mots
commit-changes = Valider
cancel = Annuler
new-file = Nouveau fichier
edit-text = Texte
edit-outdated = Quelqu’un a modifié ce dépôt depuis que vous avez ouvert cette page. Votre texte est toujours là ; regardez ce qui a changé, puis validez de nouveau.

compare-title = Comparer
compare-lead = De deux à cinq dépôts côte à côte : ouverture, droits, taille, sûreté.
compare-kind = Sorte
compare-field = Dépôt { $number }
compare = Comparer
compare-missing = Il n’y a pas de { $name } que vous puissiez voir.
compare-facts = En bref
compare-licence = Ce que permet la licence
parameters = Paramètres
right-commercial = Usage commercial
right-change = Modification
right-share = Redistribution
right-any-use = Tout domaine d’usage
right-train = Entraîner d’autres modèles avec ses sorties
on-conditions = sous conditions

documents = Documents
docs-in-english = Ce document est en anglais.
api-title = L’API
api-lead = Ce que les programmes peuvent demander ici. Les clients courants de la Hub API, de Xet, de Git LFS et de git la parlent sans modification.
api-parameters = Paramètres
api-answers = Réponses
first-page = Première page
last-page = Dernière page
columns = Colonnes
blame = Lignes par commit
blame-back = Retour au fichier
blame-about = À côté de chaque ligne se trouve le commit qui l’a modifiée en dernier.
blame-cut = Les commits plus anciens n’ont pas été examinés.

tab-rows = Lignes
viewer-title = Les lignes de ce jeu de données
configurations = Configurations
splits = Partitions
views = Ce qui est montré
rows = Lignes
row = Ligne
column = Colonne
no-splits = Aucune partition n’a été trouvée dans cette révision. Les fichiers sont trouvés par des noms comme train.parquet ou data/test-00000-of-00001.parquet, ou par « configs » dans l’en-tête de la fiche.
split-not-shown = Les lignes de tels fichiers ne sont pas montrées ici. « datasets » les lit, et ils peuvent être téléchargés.
split-claims = { $split } ({ $rows } lignes, dit la fiche)
split-files = Fichiers de cette partition
more-files-of-split = { $count ->
    [one] { $number } autre fichier.
   *[other] { $number } autres fichiers.
  }
file-of-split = Fichier { $number } sur { $files }.
rows-in-split = { $count ->
    [one] { $number } ligne dans cette partition.
   *[other] { $number } lignes dans cette partition.
  }
rows-from-to = Lignes { $first } à { $last }
rows-of = sur { $total }.
no-rows = Il n’y a pas de lignes ici.
rows-found = { $count ->
    [0] Aucune ligne n’a été trouvée
    [one] { $number } ligne a été trouvée
   *[other] { $number } lignes ont été trouvées
  }
rows-looked-at = { $count ->
    [one] parmi { $number } ligne parcourue.
   *[other] parmi { $number } lignes parcourues.
  }
columns-left-out = { $count ->
    [one] { $number } autre colonne n’est pas montrée.
   *[other] { $number } autres colonnes ne sont pas montrées.
  }
rest-of-row = En plus
search-rows = Chercher dans les textes
search-on = Chercher plus loin
all-rows = Toutes les lignes
filter-rows = Filtrer par une colonne
filter = Filtrer
test = Condition
value = Valeur
test-contains = contient
test-is = est
test-is-not = n’est pas
test-below = est inférieur à
test-above = est supérieur à
test-missing = manque
test-present = est présent
column-truth = vrai ou faux
column-integer = nombre entier
column-number = nombre
column-time = temps
column-text = texte
column-bytes = octets
column-nested = liste ou objet
column-class = classe
media = Fichier
label = Dossier
missing = Manquants
distinct = Valeurs différentes
not-counted = non comptées
more-than = plus de { $count }
values = Valeurs
numbers-spread = Comment les nombres se répartissent.
lengths-spread = Comment les longueurs se répartissent.
bin = { $from } à { $to } :
spread-least = Minimum
spread-median = Médiane
spread-mean = Moyenne
spread-greatest = Maximum
summary-whole = { $count ->
    [one] D’après la seule ligne.
   *[other] D’après toutes les lignes, { $number }.
  }
summary-part = { $count ->
    [one] D’après { $number } ligne ; la partition en a davantage.
   *[other] D’après { $number } lignes réparties sur la partition, qui en a davantage.
  }
rows-too-large = Une ligne ou une page de ce fichier est plus grande que ce qui est lu ici. Il peut être téléchargé.
rows-no-table = Ce fichier n’est pas le tableau que son nom promet.
rows-malformed = À partir d’ici, ce fichier ne suit pas son format.
split-problems = { $count ->
    [one] « datasets » achoppe sur { $number } point.
   *[other] « datasets » achoppe sur { $number } points.
  }
bin-of-one = { $value } :
