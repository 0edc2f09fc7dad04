PRAGMA application_id = 1668244594;
BEGIN TRANSACTION;
CREATE TABLE codebook (
	question INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	event INTEGER NOT NULL, 
	hash TEXT NOT NULL, 
	names TEXT NOT NULL, 
	whole TEXT NOT NULL, 
	PRIMARY KEY (question, version), 
	FOREIGN KEY(question) REFERENCES question (id), 
	FOREIGN KEY(event) REFERENCES event (id)
);
INSERT INTO "codebook" VALUES(1,1,2,'e4e8e61718d6','b63392a195af','{"name": "codebook", "version": "", "language": "nl", "question": {}, "lists": {}, "codes": [{"id": "prijs", "number": 1, "label": {"nl": "Prijs"}, "definition": "", "rules": ["duur"], "exceptions": [], "examples": [], "counterexamples": [], "formerly": [], "negation": "count", "net": "", "colour": "", "since": "", "until": ""}, {"id": "video", "number": 2, "label": {"nl": "Video"}, "definition": "", "rules": ["video"], "exceptions": [], "examples": [], "counterexamples": [], "formerly": [], "negation": "count", "net": "", "colour": "", "since": "", "until": ""}]}');
INSERT INTO "codebook" VALUES(1,2,3,'983ab3fcee73','3dd3e8038475','{"name": "codebook", "version": "", "language": "nl", "question": {}, "lists": {}, "codes": [{"id": "prijs", "number": 1, "label": {"nl": "Prijs"}, "definition": "", "rules": ["duur"], "exceptions": [], "examples": [], "counterexamples": [], "formerly": [], "negation": "count", "net": "", "colour": "", "since": "", "until": ""}, {"id": "video", "number": 2, "label": {"nl": "Video"}, "definition": "", "rules": ["video"], "exceptions": [], "examples": [], "counterexamples": [], "formerly": [], "negation": "count", "net": "", "colour": "", "since": "", "until": ""}, {"id": "mensen", "number": 3, "label": {"nl": "Mensen"}, "definition": "", "rules": [], "exceptions": [], "examples": [], "counterexamples": [], "formerly": [], "negation": "count", "net": "", "colour": "", "since": "", "until": ""}]}');
CREATE TABLE deal (
	event INTEGER NOT NULL, 
	unit INTEGER NOT NULL, 
	who TEXT NOT NULL, 
	double BOOLEAN NOT NULL, 
	PRIMARY KEY (unit, who), 
	FOREIGN KEY(event) REFERENCES event (id), 
	FOREIGN KEY(unit) REFERENCES unit (id)
);
INSERT INTO "deal" VALUES(6,1,'anna',0);
INSERT INTO "deal" VALUES(6,2,'bert',0);
INSERT INTO "deal" VALUES(6,3,'anna',0);
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	event INTEGER NOT NULL, 
	unit INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	note TEXT NOT NULL, 
	proposal TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(event) REFERENCES event (id), 
	FOREIGN KEY(unit) REFERENCES unit (id)
);
INSERT INTO "decision" VALUES(1,4,1,'prijs','yes','','');
INSERT INTO "decision" VALUES(2,4,1,'','yes','','');
INSERT INTO "decision" VALUES(3,5,2,'video','yes','zeker','');
CREATE TABLE event (
	id INTEGER NOT NULL, 
	question INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at TEXT NOT NULL, 
	codebook INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	undoes INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(question) REFERENCES question (id), 
	UNIQUE (undoes), 
	FOREIGN KEY(undoes) REFERENCES event (id)
);
INSERT INTO "event" VALUES(1,1,'answers','lead','2026-11-29T01:33:21.311898+00:00',0,3,'',NULL);
INSERT INTO "event" VALUES(2,1,'codebook','lead','2026-11-29T01:33:21.331142+00:00',0,2,'',NULL);
INSERT INTO "event" VALUES(3,1,'codebook','anna','2026-11-29T01:33:21.344175+00:00',1,3,'new code mensen',NULL);
INSERT INTO "event" VALUES(4,1,'decide','anna','2026-11-29T01:33:21.351135+00:00',2,2,'',NULL);
INSERT INTO "event" VALUES(5,1,'decide','Anna','2026-11-29T01:33:21.366002+00:00',2,1,'',NULL);
INSERT INTO "event" VALUES(6,1,'assign','lead','2026-11-29T01:33:21.395789+00:00',2,3,'0 double, seed 1',NULL);
INSERT INTO "event" VALUES(7,1,'propose','lead','2026-11-29T01:33:21.442498+00:00',2,2,'rules',NULL);
CREATE TABLE fact (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "fact" VALUES('name','oud');
INSERT INTO "fact" VALUES('language','nl');
INSERT INTO "fact" VALUES('schema','1');
CREATE TABLE holding (
	id INTEGER NOT NULL, 
	question INTEGER NOT NULL, 
	layer TEXT NOT NULL, 
	who TEXT NOT NULL, 
	unit INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	decision INTEGER NOT NULL, 
	since INTEGER NOT NULL, 
	until INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(question) REFERENCES question (id), 
	FOREIGN KEY(unit) REFERENCES unit (id), 
	FOREIGN KEY(decision) REFERENCES decision (id), 
	FOREIGN KEY(since) REFERENCES event (id), 
	FOREIGN KEY(until) REFERENCES event (id)
);
INSERT INTO "holding" VALUES(1,1,'decide','anna',1,'prijs','yes',1,4,NULL);
INSERT INTO "holding" VALUES(2,1,'decide','anna',1,'','yes',2,4,NULL);
INSERT INTO "holding" VALUES(3,1,'decide','Anna',2,'video','yes',3,5,NULL);
CREATE TABLE model (
	question INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	event INTEGER NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (question, version, name), 
	FOREIGN KEY(question) REFERENCES question (id), 
	FOREIGN KEY(event) REFERENCES event (id)
);
CREATE TABLE person (
	name TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	role TEXT NOT NULL, 
	created TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "person" VALUES('anna','x','coder','2026-11-29T01:33:21+00:00');
CREATE TABLE proposal (
	id INTEGER NOT NULL, 
	"of" INTEGER NOT NULL, 
	unit INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	probability FLOAT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY("of") REFERENCES proposal_set (id), 
	FOREIGN KEY(unit) REFERENCES unit (id)
);
INSERT INTO "proposal" VALUES(1,1,1,'prijs',0.8,-1,-1,'');
INSERT INTO "proposal" VALUES(2,1,2,'video',0.8,-1,-1,'');
CREATE TABLE proposal_set (
	id INTEGER NOT NULL, 
	question INTEGER NOT NULL, 
	event INTEGER, 
	method TEXT NOT NULL, 
	model TEXT NOT NULL, 
	begun TEXT NOT NULL, 
	codebook INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(question) REFERENCES question (id), 
	FOREIGN KEY(event) REFERENCES event (id)
);
INSERT INTO "proposal_set" VALUES(1,1,7,'rules','','2026-11-29T01:33:21.418493+00:00',2);
CREATE TABLE question (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	blind BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "question" VALUES(1,'q',0);
CREATE TABLE unit (
	id INTEGER NOT NULL, 
	question INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (question, name), 
	FOREIGN KEY(question) REFERENCES question (id)
);
INSERT INTO "unit" VALUES(1,1,'1');
INSERT INTO "unit" VALUES(2,1,'2');
INSERT INTO "unit" VALUES(3,1,'3');
CREATE TABLE unit_version (
	id INTEGER NOT NULL, 
	unit INTEGER NOT NULL, 
	question INTEGER NOT NULL, 
	since INTEGER NOT NULL, 
	until INTEGER, 
	wave TEXT NOT NULL, 
	text TEXT NOT NULL, 
	background TEXT NOT NULL, 
	left_out BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(unit) REFERENCES unit (id), 
	FOREIGN KEY(question) REFERENCES question (id), 
	FOREIGN KEY(since) REFERENCES event (id), 
	FOREIGN KEY(until) REFERENCES event (id)
);
INSERT INTO "unit_version" VALUES(1,1,1,1,NULL,'','te duur','{"sector": "zorg"}',0);
INSERT INTO "unit_version" VALUES(2,2,1,1,NULL,'','mooie video','{"sector": "bouw"}',0);
INSERT INTO "unit_version" VALUES(3,3,1,1,NULL,'','geen idee','{"sector": "zorg"}',0);
CREATE INDEX event_of ON event (question, who, kind);
CREATE UNIQUE INDEX unit_version_now ON unit_version (unit) WHERE until IS NULL;
CREATE INDEX unit_version_of ON unit_version (unit, since);
CREATE INDEX ix_decision_unit ON decision (unit);
CREATE INDEX ix_decision_event ON decision (event);
CREATE UNIQUE INDEX holding_now ON holding (unit, layer, code, who) WHERE until IS NULL;
CREATE INDEX holding_of ON holding (question, layer, verdict, unit, who) WHERE until IS NULL;
CREATE INDEX proposal_on ON proposal ("of", unit);
COMMIT;
