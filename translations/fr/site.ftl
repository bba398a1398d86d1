# Le cadre de chaque page, l'accueil, les listes et les refus.
skip-to-content = Aller au contenu
nav-main = Principale
nav-new = Nouveau
nav-administration = Administration
nav-settings = Réglages
nav-sign-in = Se connecter
nav-sign-out = Se déconnecter
nav-join = Créer un compte
nav-guide = Guide
nav-api = API
footer-about = limpide : un commun ouvert pour l’IA, que chacun peut héberger et que tous peuvent vérifier.
other-language = English
kind-models = Modèles
kind-datasets = Jeux de données
kind-spaces = Espaces
search = Chercher
search-label = Chercher un modèle
search-models = Chercher un modèle par son nom
show = Afficher
show-all = Tout afficher
next-page = Page suivante
to-home = Accueil
private = privé
gated = accès sur demande
not-audited = pas encore audité
grade-verified = Ouverture selon ce qui est vérifié
verified-and-claimed = { $verified } vérifié, { $claimed } déclaré
changed-on = Modifié le { $date }
downloads = { $count ->
    [one] { $number } téléchargement
   *[other] { $number } téléchargements
  }
likes = { $count ->
    [one] { $number } mention
   *[other] { $number } mentions
  }
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

home-title = Des modèles et des données que chacun peut vérifier
home-lead = Ici, chaque dépôt est lu octet par octet : ce qu’il déclare, ce que montrent ses fichiers, et où les deux diffèrent.
home-openness = À quel point est-ce ouvert ?
home-openness-says = Dépôts publics notés : { $audited }, dont A ou B : { $open }.
home-openness-caption = Dépôts publics par note, en ne comptant que ce qui est vérifié. A est la plus ouverte.
home-nothing-audited = Rien de public n’a encore été audité.
home-new = Modifiés récemment
home-empty = Il n’y a encore rien ici.

filters = Filtres
filters-chosen = { $count ->
    [one] ({ $number } choisi)
   *[other] ({ $number } choisis)
}
results = Résultats
sort = Trier par
sort-trending = Mentions récentes
sort-openness = Les plus ouverts
sort-modified = Derniers modifiés
sort-created = Les plus récents
sort-downloads = Les plus téléchargés
sort-likes = Les plus mentionnés
remove-filter = (retirer ce filtre)
clear-filters = Retirer tous les filtres
list-empty = Rien ne correspond à cette recherche.
facet-openness = Ouverture vérifiée
grade-at-least = { $letter } ou mieux

refusal-not-found = Il n’y a rien ici
refusal-not-found-advice = L’adresse est peut-être mal écrite, ou mène à ce que vous ne pouvez pas voir. Si c’est à vous, connectez-vous d’abord.
refusal-no-revision = Cette révision n’existe pas
refusal-no-revision-advice = Ce dépôt n’a ni branche, ni étiquette, ni commit de ce nom. Son historique montre ceux qui existent.
refusal-no-entry = Ce fichier n’existe pas
refusal-no-entry-advice = Cette révision n’a ni fichier ni dossier de ce nom. Il est peut-être dans une autre révision.
refusal-forbidden = Vous ne pouvez pas faire cela
refusal-forbidden-advice = Votre rôle ne le permet pas. Une personne qui gère le dépôt peut le changer.
refusal-gated = L’accès à ces fichiers se demande
refusal-gated-advice = Vous pouvez voir ce qu’est ce dépôt, mais ses fichiers sont réservés aux personnes admises.
refusal-quarantined = Ce fichier est retenu
refusal-quarantined-advice = Une analyse l’a trouvé malveillant. Une personne qui gère le dépôt peut le laisser passer, en disant pourquoi.
refusal-too-often = Trop d’essais
refusal-too-often-advice = Attendez un quart d’heure, puis réessayez.
refusal-broken = Quelque chose n’a pas marché de notre côté
refusal-broken-advice = Rien n’a été modifié. Réessayez dans un instant.
refusal-expired = Ce lien ne vaut plus
refusal-expired-advice = Il a expiré, ou ce hub ne l’a pas fait. Rouvrez la page où il se trouvait : elle en donne un nouveau.
refusal-conflict = Autre chose fait obstacle
refusal-conflict-advice = Quelque chose porte déjà ce nom, ou quelqu’un modifie la même chose en ce moment. Choisissez un autre nom, ou réessayez.
refusal-outdated = Cela a changé depuis que vous l’avez vu
refusal-outdated-advice = Quelqu’un vous a devancé. Rouvrez la page, et refaites-y votre modification.
refusal-too-large = C’est plus que ce que le hub accepte en une fois
refusal-too-large-advice = Envoyez moins à la fois. Les grands fichiers passent par la page d’envoi, ou par un client comme hf.
refusal-unsupported = Le hub ne sait pas faire cela
refusal-unsupported-advice = Il n’est pas fait pour cela, ou pas encore.
refusal-no-room = Le hub ne peut rien garder en ce moment
refusal-no-room-advice = Son disque est plein, ou ne peut pas être écrit. Rien n’a été modifié ; la personne qui gère le hub doit s’en occuper.
refusal-busy = Le hub a trop à faire en ce moment
refusal-busy-advice = Rien n’a été modifié. Réessayez dans un instant.
refusal-detail = Le hub dit, en anglais :
refusal-invalid = Cela ne peut pas se faire ainsi
refusal-invalid-advice = L’adresse ou le formulaire contient une valeur que le hub ne comprend pas ou n’admet pas. Revenez en arrière et corrigez-la.

facet-task = Tâche
facet-library = Bibliothèque
facet-language = Langue
facet-licence = Licence
facet-permits = La licence permet
facet-permits-commercial-use = l’usage commercial
facet-permits-modification = la modification
facet-permits-redistribution = la redistribution
facet-permits-any-field = tout domaine d’usage
facet-format = Format
facet-size = Taille
facet-size-up-to-100-mb = jusqu’à 100 Mo
facet-size-up-to-1-gb = jusqu’à 1 Go
facet-size-up-to-10-gb = jusqu’à 10 Go
facet-size-up-to-100-gb = jusqu’à 100 Go
facet-size-more = plus de 100 Go
facet-safety = Analyse de sûreté
facet-safety-clean = rien trouvé
facet-safety-needs-review = à relire
facet-safety-partial = compris en partie
facet-safety-suspicious = suspect
facet-safety-malicious = malveillant
