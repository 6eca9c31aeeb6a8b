package sample

var french = &tongue{
	code: "fr",
	men: []string{
		"Antoine", "Benoît", "Clément", "Damien", "Étienne", "François", "Guillaume", "Hugo", "Julien", "Karim", "Laurent", "Mathieu",
		"Nicolas", "Olivier", "Pascal", "Rémi", "Sylvain", "Thibault", "Yann", "Jérôme",
	},
	women: []string{
		"Amélie", "Brigitte", "Camille", "Delphine", "Élodie", "Florence", "Inès", "Juliette", "Laëtitia", "Manon", "Nathalie", "Océane",
		"Pauline", "Salomé", "Sandrine", "Sophie", "Valérie", "Zoé", "Héloïse", "Nadia",
	},
	families: []string{
		"Aubertin", "Beaumont", "Chevallier", "Delacroix", "Estève", "Fontaine", "Garnier", "Hébert", "Jacquemin", "Lefèvre",
		"Marchand", "Noiret", "Perrault", "Quesnel", "Rousselet", "Sauvage", "Tessier", "Vasseur", "Benali", "Le Goff",
		"Mercier", "Pujol", "Brunel", "Castagnet", "Dupuis", "Guérin",
	},
	stems: []string{
		"Montclair", "Duvernay", "Val de Loire", "Les Trois Chênes", "Armor", "Provence Azur", "Beauséjour", "Saint-Aubin", "Rivoire",
		"Grand Large", "Fontclaire", "Haute Vallée", "Bellerive", "Côte d'Opale", "Marnay", "Les Halles du Sud", "Vercors",
		"Belledonne", "Pays d'Auge", "Camargue", "Roc Blanc", "Fontenelle", "Gascogne", "Le Clos Fleuri", "Morvan", "Aubrac",
	},
	trades: map[string][]string{
		food: {"Laiterie", "Conserverie", "Charcuterie", "Boulangerie"}, logistics: {"Logistique", "Transports frigorifiques", "Entrepôts"},
		health: {"Cliniques", "Laboratoires", "Pharmacie"}, hotels: {"Hôtels", "Traiteur", "Restauration"},
		making: {"Ateliers", "Mécanique", "Plasturgie", "Fonderie"}, shops: {"Distribution", "Jardineries", "Marchés"},
		schools: {"Institut", "Campus"}, farms: {"Vergers", "Domaine", "Maraîchers"},
		power: {"Énergies", "Eaux"}, houses: {"Immobilier", "Services techniques"},
	},
	titles: []role{
		{"Direction générale", "Direction"}, {"Direction technique", "Technique"}, {"Responsable achats", "Achats"},
		{"Direction d'usine", "Production"}, {"Responsable qualité", "Qualité"}, {"Services généraux", "Technique"},
		{"Responsable informatique", "Informatique"}, {"Maintenance", "Technique"}, {"Contrôle de gestion", "Finances"},
	},
	projects: []string{
		"t:Suivi de la chaîne du froid", "v:Surveillance vibratoire", "t:Capteurs de température", "l:Détection de fuites",
		"l:Alarmes de porte et humidité", "Déploiement capteurs", "t:Traçabilité HACCP", "v:Pilote maintenance prédictive",
	},
	sites:     []string{"usine %d", "entrepôt %d", "siège", "site nord", "ligne %d", "dépôt %d", "pilote", "tous les sites"},
	renewal:   "Renouvellement Insight %d",
	expansion: "Complément %s",
	text: phrases{
		notes: []string{
			"Visite du site avec {contact} : {n} points de mesure, dont deux derrière des portes en acier. Prévoir une passerelle de plus.",
			"Tout est encore sur papier, le dernier audit leur a pris une semaine. {contact} veut d'abord voir l'export pour l'auditeur.",
			"{contact} apprécie {product} mais s'inquiète de la pile à -25 °C. Rapport d'essai envoyé.",
			"Le budget dépend de la direction, pas du site. {contact} nous mettra en relation après le comité.",
			"{rival} a remis une offre environ dix pour cent moins chère, mais sans certificats d'étalonnage.",
			"Le pilote de {n} capteurs tourne depuis {days} jours sans interruption. Une vraie alarme la nuit : très convaincant.",
			"L'informatique demande par où passent les données. Fiche sécurité envoyée, la liaison LTE leur convient.",
			"Livraison souhaitée en deux lots pour former chaque équipe. Pas de changement de prix.",
			"Sur {site}, les anciens enregistreurs tombent en panne chaque mois. C'est par là qu'il faut commencer.",
			"{contact} souhaite parler à un client du même métier. Je m'en occupe.",
		},
		won: []string{
			"Commande signée. Les certificats compris dans le prix ont fait la différence.",
			"{contact} a signé ce matin. Démarrage sur {site}, bilan prévu dans {days} jours.",
			"Bon de commande reçu sans modification, la pose est planifiée.",
		},
		lost: map[string]string{
			lostPrice:    "Perdu sur le prix : {rival} est presque vingt pour cent en dessous.",
			lostRival:    "Ils ont choisi {rival}, déjà présent sur le site voisin. À relancer dans deux ans.",
			lostBudget:   "Budget supprimé pour cette année. {contact} nous demande de revenir en janvier.",
			lostSilence:  "Aucune réponse après cinq relances en {days} jours. Je clôture.",
			lostFeature:  "Il leur faut des capteurs ATEX, nous n'en avons pas. Transmis au produit.",
			lostPostpone: "Projet reporté après la construction du nouveau bâtiment.",
		},
		calls: []said{
			{"Premier appel avec {contact}", "{rooms} chambres froides relevées à la main deux fois par jour. D'accord pour une visite."},
			{"Questions sur l'offre", "{contact} veut la pose sur une ligne à part et demande un prix de volume."},
			{"Relance", "La décision est à la direction. Réponse attendue sous {days} jours."},
			{"Point technique", "Portée à travers deux murs en béton, alerte par SMS, droits par site. Tout est clair."},
			{"Négociation", "Huit pour cent demandés, cinq proposés pour une commande ce trimestre."},
		},
		again: []said{
			{"Appel pour une extension", "{contact} est satisfait du résultat. Il reste {rooms} chambres à équiper."},
			{"Bilan annuel par téléphone", "Deux alarmes le mois dernier, justifiées toutes les deux. Prix demandé pour {site}."},
		},
		meetings: []said{
			{"Visite {site}", "{n} points de mesure relevés avec {contact}."},
			{"Démonstration", "Alarmes, plan et export d'audit. Beaucoup de questions sur les droits d'accès."},
			{"Revue de l'offre", "Ligne par ligne. Le contrat d'entretien reste."},
			{"Bilan du pilote", "{n} capteurs, aucune interruption. {contact} recommande le déploiement."},
		},
		tasks: []said{
			{"Envoyer l'offre pour {site}", "Étalonnage sur une ligne à part."}, {"Rappeler {contact}", ""},
			{"Envoyer la fiche sécurité", ""}, {"Réserver la mallette de démonstration", ""}, {"Préparer la visite", ""},
			{"Demander la date de commande", "{product} se fait rare."},
		},
		leadCalls: []said{
			{"Premier contact", "Nous a vus sur un salon, voudrait un ordre de prix pour {n} points."},
			{"Pas joignable", "En congé jusqu'à la semaine prochaine, message laissé."},
			{"Qualification", "Budget prévu, la direction du site décide, départ dans {days} jours."},
		},
		next:       []string{"Envoyer l'offre révisée", "Appeler après le comité", "Fixer la visite", "Obtenir l'accord de l'informatique", "Attendre le bon de commande"},
		interests:  []string{"Enregistrement des températures", "Capteurs de vibration pour pompes", "Remplacer les relevés papier", "Alarmes de nuit", "Demande de tarif"},
		background: []string{"Entreprise familiale, troisième génération.", "Audit chaque année en mars.", "Factures par courriel uniquement.", ""},
		places:     []string{"Chez le client", "Visioconférence", "Salon professionnel", "Dans nos locaux"},
	},
}
