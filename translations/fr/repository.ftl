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
safety-about = Les fichiers sont lus sans être exécutés. « Rien trouvé » n’est dit que si chaque octet a été compris.
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
signature-valid = Signé par { $signer } ; tous les fichiers sont couverts et tels qu’ils ont été signés
signature-in-part = Signé par { $signer } ; les fichiers couverts sont tels qu’ils ont été signés, d’autres ne sont pas couverts
signature-differs = Des fichiers diffèrent de ce qui a été signé
signature-refused = Non retenue : { $why }

lineage-title = D’où il vient
lineage-about = Selon ce que disent les fiches des dépôts.
made-from = Issu de
no-bases = La fiche ne nomme aucun modèle de base.
not-here = (absent d’ici)
named-datasets = Jeux de données nommés par la fiche
derivatives = Issus de celui-ci
no-derivatives = Aucun modèle d’ici ne dit être issu de celui-ci.
all-derivatives = Tous les modèles qui le disent
relation-finetune = affiné à partir de
relation-adapter = un adaptateur pour
relation-quantized = quantifié à partir de
relation-merge = fusionné à partir de

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
