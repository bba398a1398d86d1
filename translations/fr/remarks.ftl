## Les phrases des audits, par leur code. Les faits viennent des rapports ; ceux qui sont des nombres choisissent le pluriel.

# L'accès et l'intégrité.
remark-attested = { $signer } a signé pour ce point, jusqu’au { $expires }
remark-private = le dépôt est privé
remark-publish = rendez le dépôt public
remark-ungated = chacun obtient les fichiers sans se connecter
remark-gate-auto = il faut se connecter et accepter des conditions avant d’obtenir les fichiers
remark-open-gate = ouvrez l’accès : laissez chacun télécharger
remark-gate-manual = il faut être admis par quelqu’un avant d’obtenir les fichiers
remark-gate-unknown = un dossier ne montre pas comment le dépôt est proposé aux autres
remark-gate-in-card = la fiche décrit un accès sur demande (`{ $field }`)
remark-pinned = le commit { $commit } nomme chaque fichier par son empreinte
remark-not-pinned = un dossier n’a pas de commit qui nomme ses fichiers
remark-signature-there = `{ $path }` est une signature, qui n’a pas été vérifiée
remark-sign = signez les fichiers, pour que les autres puissent savoir de qui ils viennent

# L'architecture, l'inférence et les outils.
remark-class-unknown = la configuration nomme `{ $class }`, dont le code n’a pas été trouvé
remark-no-architecture = rien ne nomme ni ne contient le code de l’architecture
remark-add-architecture = ajoutez au dépôt le code de l’architecture
remark-class-in-library = `{ $class }` est une classe de { $name } { $version }, sous { $licence }
remark-defines-model = `{ $path }` définit un modèle
remark-defines-model-elsewhere = `{ $path }`, de { $address }, définit un modèle
remark-code-unreached = { $address } n’a pas été examiné : { $why }
remark-class-in-repository = `{ $path }` définit `{ $class }`, que nomme la configuration
remark-no-inference = rien ne montre comment exécuter le modèle
remark-add-inference = montrez comment exécuter le modèle, avec du code qui peut être exécuté
remark-runs-model = `{ $path }` exécute un modèle
remark-library-runs = { $name } exécute `{ $class }`
remark-gguf-runs = `{ $path }` est au format GGUF, que { $name } exécute
remark-runs-model-elsewhere = `{ $path }`, de { $address }, exécute un modèle
remark-snippet = la fiche montre comment exécuter le modèle
remark-needs-listed = `{ $path }` énumère ce dont le code a besoin
remark-library-known = il s’utilise avec { $name }, sous { $licence }
remark-no-tooling = rien ne dit quelles bibliothèques sont nécessaires
remark-list-needs = énumérez les bibliothèques nécessaires, avec leurs versions

# Le code d'entraînement, de données et d'évaluation.
remark-add-training-code = publiez le code et les réglages d’entraînement de ce modèle, ou mettez un lien vers eux
remark-add-data-code = publiez le code qui a collecté, filtré et segmenté en jetons les données
remark-add-evaluation-code = publiez le code et les réglages de l’évaluation
remark-no-such-code = aucun des fichiers examinés ne fait cela
remark-code-whole = il y a du code qui fait cela, avec toutes ses parties
remark-code-sparse = il y a du code qui fait cela, mais des parties en manquent
remark-code-does = `{ $path }` { $what }

# Le calcul.
remark-trainer-flop = `{ $path }` enregistre { $flop } opérations en virgule flottante
remark-emissions-stated = les métadonnées renseignent { $stated ->
    [one] { $stated } élément
   *[other] { $stated } éléments
  } parmi les émissions, le matériel, la méthode et le lieu
remark-compute-stated = le matériel, le calcul ou l’énergie de l’entraînement sont indiqués sous une forme que lisent les programmes
remark-compute-said = la fiche parle du matériel, du calcul ou de l’énergie de l’entraînement
remark-no-compute = rien n’est dit du matériel, du calcul ni de l’énergie de l’entraînement
remark-state-compute = indiquez le matériel, les heures, le lieu et les émissions dans `co2_eq_emissions`

# Les données.
remark-data-rows = { $files ->
    [one] { $files } fichier contient
   *[other] { $files } fichiers contiennent
  } { $rows ->
    [one] { $rows } ligne
   *[other] { $rows } lignes
  }, par exemple `{ $path }`
remark-data-there = { $files ->
    [one] { $files } fichier
   *[other] { $files } fichiers
  } sur { $all } { $files ->
    [one] contient
   *[other] contiennent
  } des données, par exemple `{ $path }`
remark-data-not-here = { $unknown ->
    [one] { $unknown } fichier est désigné comme des données ; ses octets n’ont pas pu être examinés ici
   *[other] { $unknown } fichiers sont désignés comme des données ; leurs octets n’ont pas pu être examinés ici
  }
remark-no-data = aucun fichier du dépôt ne contient de données
remark-data-script = `{ $path }` va chercher les données ailleurs
remark-add-data = ajoutez les données au dépôt, en Parquet
remark-rows-short = les métadonnées annoncent { $examples ->
    [one] { $examples } ligne
   *[other] { $examples } lignes
  }, et il y en a { $rows }
remark-bytes-short = les métadonnées annoncent { $length ->
    [one] { $length } octet
   *[other] { $length } octets
  }, et il y en a { $bytes }
remark-no-dataset = aucun jeu de données d’entraînement n’est nommé
remark-name-datasets = nommez les jeux de données dans la fiche, sous `datasets`, et publiez-les
remark-open-datasets = publiez chaque jeu de données d’entraînement, sans restriction d’accès
remark-dataset-gated = `{ $id }` est en accès sur demande
remark-dataset-open = `{ $id }` contient { $files ->
    [one] { $files } fichier
   *[other] { $files } fichiers
  } de données, soit { $bytes ->
    [one] { $bytes } octet
   *[other] { $bytes } octets
  }
remark-dataset-empty = `{ $id }` ne contient pas de données lisibles
remark-dataset-absent = `{ $id }` n’existe pas : { $answer }
remark-dataset-closed = `{ $id }` n’est pas ouvert à tous : { $answer }
remark-dataset-unreachable = `{ $id }` n’a pas été examiné : { $why }
remark-datasets = sur { $named ->
    [one] { $named } jeu de données nommé
   *[other] { $named } jeux de données nommés
  }, { $open ->
    [one] { $open } contient
   *[other] { $open } contiennent
  } des données accessibles à tous
remark-datasets-unreached = sur { $named ->
    [one] { $named } jeu de données nommé
   *[other] { $named } jeux de données nommés
  }, { $open ->
    [one] { $open } contient
   *[other] { $open } contiennent
  } des données accessibles à tous ; { $unreachable ->
    [one] { $unreachable } n’a pas été examiné
   *[other] { $unreachable } n’ont pas été examinés
  }
remark-no-data-information = les sources des données d’entraînement ne sont pas énumérées
remark-data-said = la fiche parle des données d’entraînement
remark-data-listed = des sources des données d’entraînement sont énumérées, et ce qui l’est peut être consulté
remark-list-sources = énumérez chaque source des données d’entraînement avec sa taille, ou publiez un résumé du contenu d’entraînement
remark-summary-file = `{ $path }` est un résumé du contenu d’entraînement, qui couvre { $topics ->
    [one] { $topics } type
   *[other] { $topics } types
  } de sources sur 6
remark-data-section = une section sur les données compte { $words ->
    [one] { $words } mot
   *[other] { $words } mots
  }
remark-datasets-described = sur { $named ->
    [one] { $named } jeu de données nommé
   *[other] { $named } jeux de données nommés
  }, { $described ->
    [one] { $described } a une fiche remplie
   *[other] { $described } ont une fiche remplie
  }
remark-no-card = il n’y a pas de `README.md` lisible
remark-data-card-filled = { $filled ->
    [one] { $filled } thème
   *[other] { $filled } thèmes
  } d’une fiche de données sur { $all } { $filled ->
    [one] est rempli
   *[other] sont remplis
  }, en { $words ->
    [one] { $words } mot
   *[other] { $words } mots
  }
remark-fill-data-card = décrivez les sources, la collecte, l’annotation, les données personnelles et les limites
remark-no-data-card = aucune fiche de données n’a été trouvée
remark-data-cards = { $count ->
    [one] la fiche du jeu de données nommé est remplie
   *[other] les fiches des { $count } jeux de données nommés sont remplies
  }, au moins à ce degré : { $degree ->
    [full] entièrement
    [partial] en partie
   *[other] pas du tout
  }
remark-datasheet-file = `{ $path }` décrit les données
remark-data-in-card = la fiche de modèle décrit les données d’entraînement
remark-evaluated-with = les résultats nomment `{ $id }`, qui peut être consulté
remark-evaluation-data-open = sur { $named ->
    [one] { $named } jeu de données des résultats
   *[other] { $named } jeux de données des résultats
  }, { $open ->
    [one] { $open } contient
   *[other] { $open } contiennent
  } des données accessibles à tous
remark-evaluation-data-named = les résultats nomment { $named ->
    [one] { $named } jeu de données
   *[other] { $named } jeux de données
  }
remark-benchmarks-named = les résultats portent sur des évaluations publiques, par exemple { $first }
remark-no-evaluation-data = rien ne dit avec quelles données il a été évalué
remark-name-evaluation-data = nommez le jeu de données de chaque résultat, dans `model-index` ou `.eval_results`
remark-inherited = le critère { $code } de `{ $from }`, dont il est issu, est { $status ->
    [contradicted] contredit
    [verified] vérifié
    [attested] attesté
    [claimed] seulement déclaré
    [missing] absent
    [unchecked] non contrôlé
   *[other] sans objet
  }

# Les documents.
remark-write-card = rédigez une fiche de modèle
remark-card-filled = { $filled ->
    [one] { $filled } thème
   *[other] { $filled } thèmes
  } du gabarit sur { $all } { $filled ->
    [one] est rempli
   *[other] sont remplis
  }, en { $words ->
    [one] { $words } mot
   *[other] { $words } mots
  } ; { $empty ->
    [one] { $empty } emplacement est marqué comme vide
   *[other] { $empty } emplacements sont marqués comme vides
  }
remark-fill-card = décrivez : { $topics }
remark-section-filled = une section sur { $topic ->
    [uses] l’usage prévu
   *[other] les biais, les risques et les limites
  } compte { $words ->
    [one] { $words } mot
   *[other] { $words } mots
  }
remark-use-policy-file = `{ $path }` est une politique d’utilisation
remark-no-use = rien n’est dit de l’usage prévu ni des limites
remark-use-partly = l’usage prévu ou les limites sont décrits, pas les deux
remark-use-described = l’usage prévu et les limites sont décrits
remark-describe-use = décrivez l’usage prévu, les usages hors du champ prévu et les limites
remark-copyright-file = `{ $path }` est présenté, par son nom, comme une politique de droit d’auteur
remark-copyright-said = la fiche parle de droit d’auteur, d’opposition à la fouille de données ou de collecte automatique
remark-no-copyright = rien n’est dit du droit d’auteur ni de l’opposition à la fouille de données
remark-copyright-policy = publiez une politique de droit d’auteur (article 53(1)(c) du règlement européen sur l’IA)

# L'évaluation.
remark-results-structured = { $whole ->
    [one] { $whole } résultat structuré
   *[other] { $whole } résultats structurés
  } sur { $all } { $whole ->
    [one] a un jeu de données, une mesure et une valeur
   *[other] ont un jeu de données, une mesure et une valeur
  }
remark-results-table = un tableau donne { $count ->
    [one] { $count } nombre
   *[other] { $count } nombres
  } pour des évaluations qu’il nomme
remark-results-there = des résultats sont donnés, avec ce qui a été mesuré et sur quelles données
remark-results-partly = des résultats sont donnés, mais il manque une partie de ce qu’ils signifient
remark-results-said = la fiche parle d’évaluation, sans résultats lisibles
remark-no-results = aucun résultat d’évaluation n’a été trouvé
remark-add-results = donnez des résultats avec jeu de données, mesure et valeur, dans `model-index` ou `.eval_results`

# Les licences.
remark-no-licence-elsewhere = { $address } ne contient aucun texte de licence
remark-library-licence = le code qui l’exécute est { $name }, sous { $licence }
remark-dataset-licence = { $licence ->
    [none] aucune licence n’est connue pour `{ $id }`
   *[other] la licence de `{ $id }` est { $licence }
  }
remark-datasets-unlooked = { $unreached ->
    [one] le jeu de données nommé n’a pas été examiné
   *[other] les { $unreached } jeux de données nommés n’ont pas été examinés
  }
remark-least-open-dataset = { $named ->
    [one] un seul jeu de données est nommé : c’est sa licence qui compte
   *[other] sur { $named } jeux de données nommés, la licence la moins ouverte compte
  }
remark-tag-unrestricted = la licence nommée ne restreint aucun usage ; son texte n’est pas ici
remark-tag-restricts = la licence nommée pose des restrictions : { $what }
remark-no-licence = aucune licence n’est nommée, et il n’y en a aucun texte ici
remark-clause = une clause se lit comme étant du type `{ $kind }` ({ $kind ->
    [non-commercial] usage non commercial
    [research-only] recherche seulement
    [field-of-use] usages exclus
    [user-threshold] seuil d’utilisateurs
    [revenue-threshold] seuil de revenus
    [no-redistribution] redistribution interdite
    [no-derivatives] modification interdite
    [no-training-others] entraînement d’autres modèles interdit
    [separate-licence] licence distincte
    [geography] régions exclues
   *[other] { $kind }
  })
remark-text-restricts = le texte pose des restrictions : { $what }
remark-text-unknown = ce que permet le texte doit être lu par quelqu’un
remark-tag-not-open = la fiche nomme `{ $tag }`, qui n’est pas ouverte pour cela
remark-tag-only = la fiche nomme `{ $tag }` ; le texte de la licence n’est pas dans le dépôt
remark-add-licence = ajoutez au dépôt le texte de la licence, sous le nom `LICENSE`
remark-licence-exact = `{ $path }` est, mot pour mot, le texte de { $licence }
remark-licence-probable = `{ $path }` est probablement le texte de { $licence }
remark-licence-modified = `{ $path }` ressemble au texte de { $licence }, avec des différences qui peuvent compter
remark-licence-custom = `{ $path }` n’est le texte d’aucune licence connue ici

# Les rapports et les articles.
remark-write-report = publiez un rapport technique et mettez un lien vers lui
remark-report-file = `{ $path }` est un PDF, qui est peut-être le rapport
remark-publish-paper = mettez un lien vers l’article là où il a été relu et publié
remark-no-paper = aucun lien ne mène à un tel article
remark-paper-there = un article à son sujet est accessible
remark-paper-unreached = { $address } n’a pas été examiné ({ $why }) ; la fiche demande de le citer
remark-paper-unreached-only = { $address } n’a pas été examiné : { $why }
remark-paper-of-others = des liens mènent à des articles ; aucun n’a pu être reconnu comme portant sur lui
remark-page-about = { $address } répond { $status }, et le nomme
remark-page-other = { $address } répond { $status }, et ne le nomme pas

# Les poids.
remark-no-weights = aucun fichier du dépôt ne contient de poids
remark-add-weights = ajoutez les poids au dépôt, en safetensors
remark-weights-read = `{ $path }` contient { $tensors ->
    [one] { $tensors } tenseur
   *[other] { $tensors } tenseurs
  }, avec { $count ->
    [one] { $count } élément
   *[other] { $count } éléments
  }
remark-weights-begin = `{ $path }` commence comme les fichiers de son format
remark-weights-unread = `{ $path }` n’a pas été examiné : { $why }
remark-weights-broken = `{ $path }` ne peut pas être lu : { $why }
remark-shards-missing = { $lacking ->
    [one] { $lacking } fichier de poids
   *[other] { $lacking } fichiers de poids
  } sur { $total } { $lacking ->
    [one] n’est pas dans le dépôt
   *[other] ne sont pas dans le dépôt
  }, par exemple `{ $first }`
remark-add-shards = { $lacking ->
    [one] ajoutez le fichier qui manque
   *[other] ajoutez les { $lacking } fichiers qui manquent
  }
remark-weights-too-few = les tenseurs contiennent { $found ->
    [one] { $found } élément
   *[other] { $found } éléments
  }, alors qu’un modèle de la forme décrite dans `config.json` en a environ { $expected }
remark-weights-whole = chaque fichier d’un ensemble complet de poids est là, et son en-tête peut être lu
remark-weights-there = des poids sont là, dans un format dont les tenseurs ne sont pas énumérés ; en safetensors, ils pourraient être comptés
remark-mend-weights = déposez de nouveau `{ $path }`
remark-weights-lost = `{ $path }` est un pointeur vers un objet que le stockage ne contient pas
remark-weights-not-here = il y a des fichiers de poids dont les octets n’ont pas pu être examinés ici
remark-adapter-without-base = ce sont les poids d’un adaptateur, et aucun modèle de base n’est nommé
remark-name-base = nommez le modèle de base dans la fiche, sous `base_model`
remark-adapter = ce sont les poids d’un adaptateur, à utiliser avec `{ $id }`
remark-no-base = aucun modèle de base n’est nommé
remark-base-found = les poids de `{ $id }` sont { $status ->
    [contradicted] contredits
    [verified] vérifiés
    [attested] attestés
    [claimed] seulement déclarés
    [missing] absents
    [unchecked] non contrôlés
   *[other] sans objet
  }
remark-base-closed = `{ $id }` n’est pas ouvert à tous : { $answer }
remark-base-absent = `{ $id }` n’existe pas : { $answer }
remark-base-unreachable = `{ $id }` n’a pas été examiné : { $why }
remark-checkpoints-differ = { $distinct ->
    [one] { $distinct } point de contrôle contient
   *[other] { $distinct } points de contrôle contiennent
  } des poids différents
remark-optimizer-state = `{ $path }` est présenté, par son nom, comme l’état d’un optimiseur
remark-checkpoints-named = { $named ->
    [one] { $named } point de contrôle est nommé ; on n’a pas pu voir s’il diffère
   *[other] { $named } points de contrôle sont nommés ; on n’a pas pu voir s’ils diffèrent
  }
remark-checkpoints-same = { $named } points de contrôle sont nommés, et tous contiennent les mêmes poids
remark-refs-unreachable = les branches et les étiquettes n’ont pas été examinées : { $why }
remark-no-checkpoints = il n’y a pas de points de contrôle pris pendant l’entraînement
remark-add-checkpoints = gardez des points de contrôle comme branches ou étiquettes, par exemple `step1000`

# Les contradictions : une déclaration, et ce qui s'y oppose.
remark-x1 = la fiche dit qu’il est open source ; ses conditions ({ $terms }) posent des restrictions : { $what }
remark-x1-none = la fiche dit qu’il est open source ; aucune licence n’est nommée, et il n’y en a aucun texte ici
remark-x1-unknown = la fiche dit qu’il est open source ; ses conditions ({ $terms }) ne sont celles d’aucune licence connue
remark-x2-changed = la fiche nomme `{ $tag }` ; `{ $path }` est ce texte, avec des changements qui peuvent compter
remark-x2-other = la fiche nomme `{ $tag }` ; `{ $path }` est le texte de { $licence }
remark-x2-custom = la fiche nomme `{ $tag }` ; `{ $path }` est un autre texte
remark-x3 = la fiche nomme { $id }, qui demande que son texte ou une mention soit conservé ; ni l’un ni l’autre n’est dans le dépôt
remark-x4 = il est proposé sous { $ours } ; `{ $id }`, dont il est issu, est sous { $theirs }, qui pose d’autres restrictions : { $more }
remark-x5 = il est proposé sous { $ours } ; sa source `{ $id }` est sous { $theirs }, qui pose d’autres restrictions : { $more }
remark-x5-made = il est proposé sous { $ours } ; la fiche dit que ses données ont été produites en partie par `{ $name }`, dont les conditions ({ $terms }) posent une restriction : l’entraînement d’autres modèles sur les sorties
remark-x6 = la fiche dit que les données d’entraînement sont ouvertes ; personne n’obtient de données de { $named }
remark-x6-unnamed = la fiche dit que les données d’entraînement sont ouvertes, et ne nomme aucun jeu de données
remark-x6-sample = la fiche dit que les données d’entraînement sont ouvertes, et annonce { $tokens ->
    [one] { $tokens } jeton
   *[other] { $tokens } jetons
  } ; les jeux de données qu’elle nomme contiennent { $bytes ->
    [one] { $bytes } octet
   *[other] { $bytes } octets
  }
remark-x7-unlinked = la fiche dit que le code d’entraînement est disponible ; aucun code d’entraînement n’est ici, et aucun lien n’y mène
remark-x7-absent = la fiche dit que le code d’entraînement est disponible ; ce vers quoi mènent ses liens n’existe pas
remark-x7-none = la fiche dit que le code d’entraînement est disponible ; ce vers quoi mènent ses liens ne contient pas de code d’entraînement
remark-x8-shards = `{ $path }` nomme { $total ->
    [one] { $total } fichier de poids
   *[other] { $total } fichiers de poids
  } ; { $lacking ->
    [one] { $lacking } n’est pas dans le dépôt
   *[other] { $lacking } ne sont pas dans le dépôt
  }
remark-x8-none = la fiche dit que les poids sont publiés ; aucun fichier du dépôt ne contient de poids
remark-x8-lost = la fiche dit que les poids sont publiés ; l’objet vers lequel pointe `{ $path }` n’est pas dans le stockage
remark-x8-gated = la fiche dit que les poids sont publiés ; il faut être admis par quelqu’un pour les obtenir
remark-x9-count = la fiche annonce { $value ->
    [one] { $value } paramètre
   *[other] { $value } paramètres
  } ; les tenseurs en contiennent { $total }
remark-x9-name = le nom `{ $name }` annonce { $value ->
    [one] { $value } paramètre
   *[other] { $value } paramètres
  } ; les tenseurs en contiennent { $total }
remark-x9-config = aucun modèle de base n’est nommé ; `config.json` a été enregistré à partir de `{ $name }`
remark-x9-same = aucun modèle de base n’est nommé ; `{ $path }` a les mêmes octets qu’un fichier de `{ $holder }`
remark-x9-quantized = aucun modèle de base n’est nommé ; les poids sont quantifiés, comme on les obtient à partir de ceux d’un autre modèle
remark-x10 = la fiche dit que des points de contrôle sont publiés ; il en est nommé { $named }, avec { $distinct ->
    [one] { $distinct } contenu différent
   *[other] { $distinct } contenus différents
  }
remark-x11 = la fiche met un lien vers un article, { $address }, qui répond { $status }
remark-x11-other = la fiche présente l’article { $address } comme le sien ; la page ne nomme pas `{ $name }`
remark-x12 = pour { $metric } sur { $dataset }, un endroit donne { $value } et un autre { $different }
remark-x12-table = pour { $dataset }, les métadonnées de la fiche donnent { $value }, et un de ses tableaux { $different }
remark-x13 = la fiche dit que l’usage commercial est permis ; ses conditions ({ $terms }) posent des restrictions : { $what }
remark-x14-rules = la fiche parle d’une exemption au titre du règlement européen sur l’IA ; les règles de { $rubric } disent non
remark-x14-summary = la fiche parle de conformité au règlement européen sur l’IA ; un résumé du contenu d’entraînement (article 53(1)(d)), dont aucune exemption ne dispense, n’a pas été trouvé
remark-x15 = la fiche nomme ses jeux de données ; `{ $path }` en nomme d’autres, par exemple `{ $first }`
remark-x16 = la fiche dit qu’aucune donnée synthétique n’a été utilisée ; un jeu de données qu’elle nomme dit être produit par des machines
remark-x16-users = la fiche dit qu’aucune donnée d’utilisateurs n’a été utilisée ; un jeu de données qu’elle nomme dit en contenir
remark-x17 = la fiche nomme la classe { $class } du Model Openness Framework ; en croyant toutes les déclarations, { $recomputed ->
    [unclassified] il n’en atteint aucune
   *[other] il atteint la classe { $recomputed }
  }
remark-x18 = `{ $what }` était { $before } au commit { $commit }, et { $after ->
    [nothing] n’est plus renseigné
   *[other] est { $after } maintenant
  }
remark-x18-text = le texte de la licence était { $before } au commit { $commit }, et `{ $path }` est { $after } maintenant

# Ce qui s'oppose à une déclaration.
remark-code-absent = { $address } n’existe pas : { $answer }
remark-code-trains-nothing = { $address } ne contient pas de code qui entraîne un modèle
remark-dataset-not-open = `{ $id }` { $state }
remark-dataset-holds = `{ $id }` { $state }
remark-summary-names = `{ $path }` nomme `{ $id }`
remark-dataset-synthetic = la fiche de `{ $id }` dit qu’il est produit par des machines
remark-dataset-of-users = la fiche de `{ $id }` dit qu’il contient ce que des utilisateurs ont écrit ou fait
remark-made-by = la fiche dit que `{ $name }` en a produit des données
remark-was-claimed = au commit { $commit }, `{ $what }` était { $before }
remark-was-text = au commit { $commit }, le texte de la licence était { $before }
remark-clause-quoted = une clause du type `{ $kind }` ({ $kind ->
    [non-commercial] usage non commercial
    [research-only] recherche seulement
    [field-of-use] usages exclus
    [user-threshold] seuil d’utilisateurs
    [revenue-threshold] seuil de revenus
    [no-redistribution] redistribution interdite
    [no-derivatives] modification interdite
    [no-training-others] entraînement d’autres modèles interdit
    [separate-licence] licence distincte
    [geography] régions exclues
   *[other] { $kind }
  }) : « { $quote } »
remark-no-licence-text = aucun fichier ne contient de licence ni de mention
remark-base-licence = la licence de `{ $id }` est { $theirs }
remark-source-licence = la licence de `{ $id }` est { $theirs }
remark-tensors-sum = les tenseurs contiennent { $total ->
    [one] { $total } élément
   *[other] { $total } éléments
  }

# Ce qui n'a pas pu être lu.
remark-card-not-utf8 = `README.md` n’est pas en UTF-8 ; ce qui n’y est pas en ASCII n’a pas été lu
remark-card-unreadable = `README.md` ne peut pas être lu comme une fiche : { $problem }
remark-metadata-unreadable = les métadonnées de `README.md` ne peuvent pas être lues : { $problem }
remark-files-too-many = { $found ->
    [one] { $found } fichier est énuméré
   *[other] { $found } fichiers sont énumérés
  } ; { $most } ont été examinés
remark-file-skipped = `{ $path }` est un lien ou n’est pas un fichier ordinaire, et n’a pas été examiné
remark-file-too-long = `{ $path }` compte { $size ->
    [one] { $size } octet
   *[other] { $size } octets
  }, plus que les { $limit } qui sont lus d’un texte
remark-texts-too-many = `{ $path }` et ce qui le suit n’ont pas été lus : il y a trop de texte
remark-file-changed = `{ $path }` s’est terminé avant la longueur annoncée
remark-file-unreadable = `{ $path }` n’a pas pu être lu : { $trouble }
