# Les mots que contiennent les faits des phrases d’audit : `fact-<nom du fait>-<mot>`. Une liste se traduit mot à mot.

# Ce que fait du code.
fact-what-trains-a-model = entraîne un modèle
fact-what-computes-a-loss = calcule une perte
fact-what-hands-out-data-in-batches = distribue les données par lots
fact-what-sets-how-to-train = règle l’entraînement
fact-what-crawls--filters-or-tokenises-data = collecte, filtre ou segmente en jetons des données
fact-what-runs-a-model = exécute un modèle
fact-what-evaluates-a-model = évalue un modèle
fact-what-defines-a-model = définit un modèle
fact-what-defines-the-settings-of-a-model = définit les réglages d’un modèle

# Ce que restreint une licence.
fact-what-non-commercial = usage non commercial seulement
fact-what-commercial-on-conditions = usage commercial sous conditions
fact-what-research-only = recherche seulement
fact-what-field-of-use = certains usages exclus
fact-what-user-threshold = seuil d’utilisateurs
fact-what-revenue-threshold = seuil de revenus
fact-what-no-redistribution = redistribution interdite
fact-what-no-derivatives = modification interdite
fact-what-no-training-others = entraînement d’autres modèles interdit
fact-what-not-granted-in = certaines régions exclues
fact-what-geography = certaines régions exclues
fact-what-separate-licence = licence distincte pour certains usages
fact-what-naming = nom ou formule à afficher
fact-more-non-commercial = usage non commercial seulement
fact-more-commercial-on-conditions = usage commercial sous conditions
fact-more-research-only = recherche seulement
fact-more-field-of-use = certains usages exclus
fact-more-user-threshold = seuil d’utilisateurs
fact-more-revenue-threshold = seuil de revenus
fact-more-no-redistribution = redistribution interdite
fact-more-no-derivatives = modification interdite
fact-more-no-training-others = entraînement d’autres modèles interdit
fact-more-not-granted-in = certaines régions exclues
fact-more-geography = certaines régions exclues
fact-more-separate-licence = licence distincte pour certains usages
fact-more-naming = nom ou formule à afficher

# Ce qu’une fiche doit décrire.
fact-topics-uses = l’usage prévu
fact-topics-bias = les biais
fact-topics-risks-and-limitations = les risques et les limites
fact-topics-training-data = les données d’entraînement
fact-topics-training-procedure = la procédure d’entraînement
fact-topics-evaluation = l’évaluation
fact-topics-environmental-impact = l’impact environnemental
fact-topics-technical-specifications = les caractéristiques techniques
fact-topics-citation = la citation

# L’état d’un jeu de données.
fact-state-is-gated = est en accès sur demande
fact-state-holds-no-data = ne contient pas de données

# Pourquoi quelque chose n’a pas été examiné.
fact-why-the-audit-ran-offline = l’audit s’est fait hors ligne
fact-why-a-folder-has-no-branches-or-tags = un dossier n’a ni branches ni étiquettes
fact-why-the-card-names-no-owner-of-it = la fiche n’en nomme pas le propriétaire
fact-why-it-is-made-from-itself--by-a-circle-of-names = il est issu de lui-même, par un cercle de noms
fact-why-it-is-being-looked-at = il est en cours d’examen
fact-why-its-files-could-not-be-listed = ses fichiers n’ont pas pu être énumérés
fact-why-this-hub-calls-no-other-addresses---limpide-audit--does--from-your-own-machine = ce hub n’appelle pas d’autres adresses ; `limpide audit` le fait, depuis votre propre machine
fact-why-the-audit-was-stopped = l’audit a été arrêté
fact-why-it-is-an-lfs-pointer-whose-object-was-not-fetched = c’est un pointeur LFS dont l’objet n’a pas été récupéré
fact-why-it-is-an-lfs-pointer--and-its-object-is-not-in-the-store = c’est un pointeur LFS, dont l’objet n’est pas dans le stockage
fact-why-it-is-not-an-ordinary-file = ce n’est pas un fichier ordinaire
fact-why-there-are-too-many-files-of-weights-before-it = trop de fichiers de poids le précèdent
fact-why-it-could-not-be-read = il n’a pas pu être lu
fact-why-files-of-its-format-are-not-looked-into = les fichiers de son format ne sont pas examinés
fact-why-it-is-empty = il est vide
fact-why-it-does-not-begin-as-files-of-its-format-do = il ne commence pas comme les fichiers de son format
fact-why-it-is-too-short-for-a-header = il est trop court pour un en-tête
fact-why-it-holds-no-tensor = il ne contient aucun tenseur
