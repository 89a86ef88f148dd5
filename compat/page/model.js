// SPDX-License-Identifier: Apache-2.0
// model.js - the run as objects: cells, axes, what the search box asks of them
'use strict';

const V_PASS = 0, V_FAIL = 1, V_XFAIL = 2, V_XPASS = 3, V_SKIP = 4, V_BROKEN = 5, V_NOTRUN = 6;

// Which of several verdicts an entry shows; as the reports do.
const BADNESS = [0, 6, 3, 5, 1, 4, 2];

// Unexpected ones are what someone has to look at.
const IS_NEW = [false, true, false, true, false, true, false];

// What machines can be told apart by; @of: the value, for people and queries.
const AXES = {
	machine: {title: 'machine', of: (m) => m.name},
	kernel: {title: 'kernel', of: (m) => m.kernel || m.facts.kernel},
	cpu: {title: 'CPU', of: (m) => m.cpu},
	userland: {title: 'userland', of: (m) => m.userland},
	criu: {title: 'CRIU', of: (m) => m.criu},
	glibc: {title: 'glibc', of: (m) => m.glibc},
	memory: {title: 'memory', of: (m) => memoryMib(m)},
};

function memoryMib(machine) {
	if (machine.asked)
		return machine.asked.memory / 1048576 + ' MiB';
	return machine.facts.memory_kib ? Math.round(machine.facts.memory_kib / 1024) + ' MiB' : null;
}

function readJson(id) {
	const node = document.getElementById(id);
	return node ? JSON.parse(node.textContent) : null;
}

class Cell {
	constructor(model, row, index) {
		this.model = model;
		this.row = row;
		this.index = index;
		this.scenario = row[1];
		this.source = row[2];
		this.target = row[3];
		this.repeat = row[4];
		this.verdict = row[5];
		this.phase = row[6] === null ? null : model.data.phases[row[6]];
		this.note = row[7];
		this.change = null;
	}
	get scenarioName() {
		return this.model.scenarios[this.scenario].name;
	}
	get sourceMachine() {
		return this.model.machines[this.source];
	}
	get targetMachine() {
		return this.model.machines[this.target];
	}
	get id() {
		return this.row[0] !== 0 ? this.row[0] : this.scenarioName + '.' + this.sourceMachine.name + '.' +
			this.targetMachine.name + (this.repeat > 1 ? '#' + this.repeat : '');
	}
	get dir() {
		return this.row[8] !== 0 ? this.row[8] : 'cells/' + this.id + '/attempt-' + this.number('attempts');
	}
	number(column) {
		return this.row[this.model.columns[column]];
	}
	text(column) {
		const id = this.number(column);
		return id === null ? null : this.model.data.texts[id];
	}
	// What the wire saw and its witness let pass.
	get remarks() {
		const texts = this.model.data.texts;
		const text = (id) => id === null ? null : texts[id];
		return (this.row[10] || []).map((r) => ({mode: text(r[0]), title: text(r[1]), file: text(r[2]), fix: text(r[3]), known: text(r[4])}));
	}
	// How sure the cause is.
	get sure() {
		return this.row[11] === null ? null : this.model.data.texts[this.row[11]];
	}
	get host() {
		return this.row[9] === null ? null : this.model.data.texts[this.row[9]];
	}
	witness(name) {
		return this.model.data.witnesses[this.number(name)];
	}
	get isNew() {
		return IS_NEW[this.verdict];
	}
	get title() {
		return this.text('title') || this.text('reason') || '';
	}
	get words() {
		if (this.wordsCache === undefined)
			this.wordsCache = ['title', 'reason', 'line', 'mode', 'expected', 'rule']
				.map((c) => this.text(c)).concat(this.id, this.remarks.map((r) => r.mode + ' ' + r.title)).filter(Boolean).join('\n').toLowerCase();
		return this.wordsCache;
	}
}

class Model {
	constructor(data) {
		this.data = data;
		this.machines = data.machines;
		this.scenarios = data.scenarios;
		for (const m of this.machines)
			for (const key of Object.keys(m.facts))
				m.facts[key] = m.facts[key] === null ? null : data.texts[m.facts[key]];
		this.columns = {};
		data.columns.forEach((name, i) => {
			this.columns[name] = i;
		});
		this.cells = data.cells.map((row, i) => new Cell(this, row, i));
		this.readChanges();
		this.readHistory();
		this.findFlaky();
	}
	pairKey(scenario, source, target) {
		return JSON.stringify([scenario, source, target]);
	}
	groups() {
		const groups = new Map();
		for (const cell of this.cells) {
			const key = (cell.scenario * this.machines.length + cell.source) * this.machines.length + cell.target;
			if (!groups.has(key))
				groups.set(key, []);
			groups.get(key).push(cell);
		}
		return groups;
	}
	// What repeats and does not end the same every time.
	findFlaky() {
		this.pairs = this.groups();
		for (const cells of this.pairs.values()) {
			const told = cells.filter((c) => c.verdict <= V_XPASS);
			const moved = told.filter((c) => c.verdict === V_PASS || c.verdict === V_XPASS).length;
			const flaky = moved > 0 && moved < told.length;
			for (const cell of cells) {
				cell.flaky = flaky;
				cell.siblings = cells;
			}
		}
	}
	readHistory() {
		const texts = this.data.texts, history = this.data.history;
		this.histories = new Map();
		for (const h of history ? history.cells : [])
			this.histories.set(this.pairKey(texts[h[0]], texts[h[1]], texts[h[2]]), {state: h[3], since: h[4] === null ? null : history.runs[h[4]],
				failed: h[5], judged: h[6], points: h[7].map((p) => ({run: history.runs[p[0]], counts: p[1], serviceMs: p[2],
					mode: p[3] === null ? null : texts[p[3]]}))});
	}
	historyOf(cell) {
		return this.histories.get(this.pairKey(cell.scenarioName, cell.sourceMachine.name, cell.targetMachine.name)) || null;
	}
	readChanges() {
		const against = this.data.against;
		this.changes = [];
		if (!against)
			return;
		const texts = this.data.texts;
		const side = (s) => s && {counts: s[0], failed: s[1], judged: s[2], serviceMs: s[3],
			mode: s[4] === null ? null : texts[s[4]], reason: s[5] === null ? null : texts[s[5]]};
		const byKey = new Map();
		for (const p of against.cells) {
			const change = {scenario: texts[p[0]], source: texts[p[1]], target: texts[p[2]],
				change: this.data.changes[p[3]], old: side(p[4]), now: side(p[5]), chance: p[6], slower: p[7]};
			this.changes.push(change);
			byKey.set(this.pairKey(change.scenario, change.source, change.target), change);
		}
		for (const cell of this.cells)
			cell.change = byKey.get(this.pairKey(cell.scenarioName, cell.sourceMachine.name,
				cell.targetMachine.name)) || null;
	}
	verdict(cell) {
		return this.data.verdicts[cell.verdict];
	}
	find(id) {
		if (!this.byId)
			this.byId = new Map(this.cells.map((c) => [c.id, c]));
		return this.byId.get(id) || null;
	}
}

// --- What a query may ask ---------------------------------------------------

const OF_MS = {downtime: 'service_ms', wire_gap: 'wire_ms', freeze: 'freeze_ms', dump: 'dump_ms',
	transfer: 'transfer_ms', restore: 'restore_ms', takeover: 'takeover_ms', tail: 'tcp_tail_ms',
	wall: 'wall_ms'};

const OF_CELL = {
	scenario: (c) => [c.scenarioName],
	id: (c) => [c.id],
	verdict: (c) => [c.model.verdict(c).name, c.model.verdict(c).word],
	phase: (c) => [c.phase],
	cause: (c) => [c.text('mode')],
	sure: (c) => [c.sure],
	rule: (c) => [c.text('rule')],
	blame: (c) => [c.text('blame')],
	control_of: (c) => [c.text('control_of')],
	remark: (c) => c.remarks.map((r) => r.mode),
	host: (c) => [c.host],
	attempts: (c) => [c.number('attempts')],
	repeat: (c) => [c.repeat],
	image: (c) => [c.number('image_bytes')],
	workload: (c) => [c.witness('workload')],
	peer: (c) => [c.witness('peer')],
	wire: (c) => [c.witness('wire')],
	note: (c) => [c.note === null ? null : c.model.data.notes[c.note].label],
	source: (c) => [c.sourceMachine.name],
	target: (c) => [c.targetMachine.name],
	change: (c) => changeNames(c),
	history: (c) => [(c.model.historyOf(c) || {state: null}).state],
	is: (c) => tagsOf(c),
};

// Slower comes on top of what else became of it.
function changeNames(cell) {
	if (!cell.model.data.against)
		return [];
	if (!cell.change)
		return ['same'];
	return cell.change.slower ? [cell.change.change.name, 'slower'] : [cell.change.change.name];
}

function tagsOf(cell) {
	const tags = [];
	if (cell.isNew)
		tags.push('new');
	if (cell.verdict === V_XFAIL)
		tags.push('expected');
	if (cell.flaky)
		tags.push('flaky');
	if (cell.number('attempts') > 1)
		tags.push('retried');
	if (cell.text('mode') === 'unknown')
		tags.push('unknown');
	if (cell.row[10])
		tags.push('remarked');
	tags.push(...changeNames(cell));
	return tags;
}

function factOf(machine, name) {
	if (AXES[name])
		return AXES[name].of(machine);
	return Object.prototype.hasOwnProperty.call(machine.facts, name) ? machine.facts[name] : null;
}

function hasOwn(object, key) {
	return Object.prototype.hasOwnProperty.call(object, key);
}

// For query.js; null when there is no such key.
function valuesOf(cell, key) {
	if (hasOwn(OF_CELL, key))
		return [OF_CELL[key](cell)];
	if (hasOwn(OF_MS, key))
		return [[cell.number(OF_MS[key])]];
	const sided = key.match(/^(source|target)\.(.+)$/);
	if (sided)
		return [[factOf(sided[1] === 'source' ? cell.sourceMachine : cell.targetMachine, sided[2])]];
	if (hasOwn(AXES, key) || cell.model.machines.some((m) => hasOwn(m.facts, key)))
		return [[factOf(cell.sourceMachine, key)], [factOf(cell.targetMachine, key)]];
	return null;
}

function isKnownKey(model, key) {
	const fact = key.replace(/^(source|target)\./, '');
	if (fact === key && (hasOwn(OF_CELL, key) || hasOwn(OF_MS, key)))
		return true;
	return hasOwn(AXES, fact) || model.machines.some((m) => hasOwn(m.facts, fact));
}

function selectCells(model, text) {
	const terms = parseQuery(text);
	const wordsOf = (cell) => cell.words;
	const unknown = terms.filter((t) => t.key && !isKnownKey(model, t.key)).map((t) => t.key);
	const known = terms.filter((t) => !t.key || isKnownKey(model, t.key));
	return {
		cells: known.length ? model.cells.filter((cell) =>
			known.every((term) => termFits(term, cell, valuesOf, wordsOf))) : model.cells,
		unknown,
		isAll: known.length === 0,
	};
}

// --- Several cells as one ----------------------------------------------------

function sumUp(cells) {
	const counts = [0, 0, 0, 0, 0, 0, 0];
	let worst = cells[0];
	for (const cell of cells) {
		counts[cell.verdict]++;
		if (BADNESS[cell.verdict] > BADNESS[worst.verdict])
			worst = cell;
	}
	return {
		cells, counts, worst, n: cells.length,
		nWorst: counts[worst.verdict],
		serviceMs: median(cells.filter((c) => c.verdict === V_PASS || c.verdict === V_XPASS)
			.map((c) => c.number('service_ms'))),
	};
}
