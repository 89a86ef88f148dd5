// SPDX-License-Identifier: Apache-2.0
// parts.js - the page's other parts: what is wrong, two runs, machines, all cells
'use strict';

// --- Causes ------------------------------------------------------------------

const TITLES_MAX = 5;
const IDS_MAX = 12;

function clustersOf(model, cells, wanted) {
	const clusters = new Map();
	for (const cell of cells) {
		if (cell.note === null || !wanted(cell))
			continue;
		if (!clusters.has(cell.note))
			clusters.set(cell.note, []);
		clusters.get(cell.note).push(cell);
	}
	return [...clusters.entries()].map(([note, members]) => ({note: model.data.notes[note], cells: members}))
		.sort((a, b) => b.cells.length - a.cells.length);
}

function cellButton(cell, open, text) {
	return el('button', {type: 'button', class: 'link', onclick: () => open([cell], null)}, text || cell.id);
}

function uniqueTexts(cells, column) {
	return [...new Set(cells.map((c) => c.text(column)).filter(Boolean))];
}

function cluster(model, group, open, search) {
	const sum = sumUp(group.cells);
	const titles = new Map();
	for (const cell of group.cells) {
		if (!titles.has(cell.title))
			titles.set(cell.title, []);
		titles.get(cell.title).push(cell);
	}
	const listed = [...titles.entries()];
	return el('article', {class: 'card cluster'},
		el('header', {}, el('span', {class: 'badge v' + sum.worst.verdict}, model.verdict(sum.worst).sign + ' ' + group.note.label),
			el('h4', {}, group.note.heading), el('span', {class: 'count'}, plural(group.cells.length, 'cell')),
			el('button', {type: 'button', class: 'link', onclick: () => search('note:' + group.note.label)}, 'Show only these')),
		listed.slice(0, TITLES_MAX).map(([title, cells]) => el('div', {class: 'title'}, el('p', {}, title),
			el('p', {class: 'ids'}, cells.slice(0, IDS_MAX).map((c) => [cellButton(c, open), ' ']),
				cells.length > IDS_MAX && 'and ' + (cells.length - IDS_MAX) + ' more'))),
		listed.length > TITLES_MAX && el('p', {class: 'quiet'}, 'and likewise on other machines'),
		definitions([
			['expected', uniqueTexts(group.cells, 'expected').slice(0, 2).join('; ')],
			['fix', uniqueTexts(group.cells, 'fix').slice(0, 2).join('; ')],
			['log', uniqueTexts(group.cells, 'mode')[0] === 'unknown' ? uniqueTexts(group.cells, 'line')[0] : null],
			['see', uniqueTexts(group.cells, 'known').concat(uniqueTexts(group.cells, 'link')).slice(0, 1).map((url) => webLink(url))[0]],
		]));
}

// What passed all the same, by rule of analyze.
function remarkList(cells, open, search) {
	const byMode = new Map();
	for (const cell of cells)
		for (const remark of cell.remarks) {
			if (!byMode.has(remark.mode))
				byMode.set(remark.mode, {remark, cells: []});
			byMode.get(remark.mode).cells.push(cell);
		}
	if (!byMode.size)
		return null;
	return el('details', {class: 'fold'}, el('summary', {}, 'Remarks: seen on the wire, felt by nobody so far'), [...byMode.values()].map((group) =>
		el('article', {class: 'card cluster'}, el('header', {}, el('h4', {}, group.remark.mode), el('span', {class: 'count'}, plural(group.cells.length, 'cell')),
			el('button', {type: 'button', class: 'link', onclick: () => search('remark:' + quoteExact(group.remark.mode))}, 'Show only these')),
		el('p', {}, group.remark.title), el('p', {class: 'ids'}, group.cells.slice(0, IDS_MAX).map((c) => [cellButton(c, open), ' ']),
			group.cells.length > IDS_MAX && 'and ' + (group.cells.length - IDS_MAX) + ' more'),
		definitions([['fix', group.remark.fix], ['see', group.remark.known && webLink(group.remark.known)]]))));
}

function clusterSections(model, cells, open, search) {
	const fresh = clustersOf(model, cells, (c) => c.isNew);
	const expected = clustersOf(model, cells, (c) => c.verdict === V_XFAIL);
	const skipped = clustersOf(model, cells, (c) => c.verdict === V_SKIP);
	const list = (groups) => groups.map((g) => cluster(model, g, open, search));
	const folded = (title, groups) => groups.length && el('details', {class: 'fold'},
		el('summary', {}, title + ': ' + plural(groups.reduce((n, g) => n + g.cells.length, 0), 'cell') + ', ' + plural(groups.length, 'cause')), list(groups));
	return [
		fresh.length ? [el('h3', {}, 'New'), list(fresh)] : el('p', {class: 'quiet'}, 'Nothing unexpected among these cells.'),
		folded('Expected failures', expected), remarkList(cells, open, search), folded('Skipped', skipped),
	];
}

// --- Two runs ----------------------------------------------------------------

const CHANGES_MAX = 100;

// As the reports name them, and what is told besides.
function changeWords(model) {
	return model.data.changes.concat({name: 'slower', title: 'Slower', meaning: 'its clients wait longer'});
}

function describeSide(model, side) {
	if (!side)
		return '–';
	return side.counts.map((n, v) => n ? (n > 1 ? n + ' ' : '') + model.data.verdicts[v].word : '').filter(Boolean).join(', ') +
		(side.serviceMs !== null ? ', ' + formatMs(side.serviceMs) : '') + (side.mode ? ', ' + side.mode : '');
}

// A factor between few repetitions may be chance, and says so.
function compareTimes({old, now}) {
	if (!old || !now || old.serviceMs === null || now.serviceMs === null)
		return '';
	const few = Math.min(old.counts[V_PASS] + old.counts[V_XPASS], now.counts[V_PASS] + now.counts[V_XPASS]) < 4;
	return formatPercent(now.serviceMs / old.serviceMs) + (few ? ' (few repetitions)' : '');
}

function changeRows(model, members, open) {
	const cellOf = (change) => {
		const pair = model.cells.filter((c) => c.change === change);
		return pair.length ? [...pair].sort((a, b) => BADNESS[b.verdict] - BADNESS[a.verdict])[0] : null;
	};
	return members.slice(0, CHANGES_MAX).map((change) => {
		const cell = cellOf(change);
		const name = change.scenario + ': ' + change.source + ' → ' + change.target;
		return el('tr', {}, el('th', {scope: 'row'}, cell ? cellButton(cell, open, name) : name),
			el('td', {title: change.old ? change.old.reason : null}, describeSide(model, change.old)),
			el('td', {title: change.now ? change.now.reason : null}, describeSide(model, change.now)),
			el('td', {}, compareTimes(change)));
	});
}

function changeSections(model, cells, isAll, open) {
	const against = model.data.against;
	if (!against)
		return null;
	const chosen = new Set(cells.map((c) => c.change));
	const shown = isAll ? model.changes : model.changes.filter((c) => chosen.has(c));
	const sections = changeWords(model).map((words) => {
		const members = shown.filter((c) => words.name === 'slower' ? c.slower : c.change === words && words.name !== 'same');
		if (!members.length)
			return null;
		const unfolded = ['new-failure', 'unmeasured', 'unexpected-pass', 'other-cause', 'mended', 'slower'].includes(words.name);
		return el('details', {class: 'fold', open: unfolded || null}, el('summary', {}, el('span', {class: 'badge change-' + words.name}, CHANGE_SIGNS[words.name] + ' ' + words.title),
			' ' + members.length + ': ' + words.meaning),
		table(['', 'before', 'now', 'downtime now, of before'], changeRows(model, members, open), {class: 'figures', label: words.title}),
		members.length > CHANGES_MAX && el('p', {class: 'quiet'}, 'and ' + (members.length - CHANGES_MAX) + ' more'));
	});
	return [el('p', {}, 'Against run ', el('code', {}, against.run.id), against.run.started ? ' of ' + against.run.started : '', ': ' +
		plural(against.n_same, 'pair') + ' the same. It is slower when its median downtime grew by a factor of ' + against.ratio + ' and by ' +
		against.least_ms + ' ms; what fails now and then failed more often when chance explains it with less than ' + formatPercent(against.chance) + '.'),
	sections];
}

// --- Machines ----------------------------------------------------------------

function machinesTable(model) {
	const rows = model.machines.map((m) => el('tr', {}, el('th', {scope: 'row'}, m.name), el('td', {}, m.kernel || '–'),
		el('td', {}, m.cpu || '–', m.same_cpu_as && el('small', {}, ' = that of ' + m.same_cpu_as)),
		el('td', {}, m.userland || '–'), el('td', {}, m.criu || '–'), el('td', {}, m.glibc || '–'), el('td', {}, memoryMib(m) || '–'),
		el('td', {class: 'wide'}, m.notes.map((n) => el('div', {class: 'warn'}, '⚠ ' + n)))));
	return table(['machine', 'kernel', 'CPU', 'userland', 'CRIU', 'glibc', 'memory', 'not as asked'], rows, {class: 'facts', label: 'Machines'});
}

// --- All cells ---------------------------------------------------------------

const ROWS_STEP = 50;

const CELL_COLUMNS = [
	{title: 'cell', key: (c) => c.id},
	{title: 'verdict', key: (c) => BADNESS[c.verdict]},
	{title: 'phase', key: (c) => c.phase || ''},
	{title: 'cause', key: (c) => c.text('mode') || ''},
	{title: 'downtime', key: (c) => c.number('service_ms')},
	{title: 'freeze', key: (c) => c.number('freeze_ms')},
	{title: 'image', key: (c) => c.number('image_bytes')},
	{title: 'took', key: (c) => c.number('wall_ms')},
];

function cellRow(model, cell, open) {
	return el('tr', {}, el('th', {scope: 'row'}, cellButton(cell, open)), el('td', {}, badge(model, cell)), el('td', {}, cell.phase || ''),
		el('td', {}, cell.text('mode') || ''), el('td', {}, formatMs(cell.number('service_ms'))), el('td', {}, formatMs(cell.number('freeze_ms'))),
		el('td', {}, formatBytes(cell.number('image_bytes'))), el('td', {}, formatMs(cell.number('wall_ms'))));
}

class CellTable {
	constructor(model, open) {
		this.model = model;
		this.open = open;
		this.by = 1;
		this.down = true;
		this.root = el('div', {});
	}
	show(cells) {
		this.cells = cells;
		this.n = ROWS_STEP;
		this.draw();
	}
	sorted() {
		const key = CELL_COLUMNS[this.by].key;
		const missing = (v) => v === null || v === '';
		return [...this.cells].sort((a, b) => {
			const x = key(a), y = key(b);
			if (missing(x) || missing(y))
				return missing(x) - missing(y) || a.index - b.index;
			const order = typeof x === 'number' ? x - y : compareVersions(x, y);
			return (this.down ? -order : order) || a.index - b.index;
		});
	}
	draw() {
		const heads = CELL_COLUMNS.map((column, i) => el('th', {scope: 'col', 'aria-sort': i === this.by ? this.down ? 'descending' : 'ascending' : null},
			el('button', {type: 'button', class: 'sort', onclick: () => {
				this.down = i === this.by ? !this.down : typeof column.key(this.cells[0] || this.model.cells[0]) === 'number';
				this.by = i;
				this.draw();
			}}, column.title + (i === this.by ? this.down ? ' ↓' : ' ↑' : ''))));
		const rows = this.cells.length ? this.sorted().slice(0, this.n).map((c) => cellRow(this.model, c, this.open)) : [];
		this.root.replaceChildren(
			el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'All cells'}, el('table', {class: 'figures cells'},
				el('thead', {}, el('tr', {}, heads)), el('tbody', {}, rows))),
			this.cells.length > this.n ? el('button', {type: 'button', class: 'more', onclick: () => {
				this.n += ROWS_STEP;
				this.draw();
			}}, 'Show ' + Math.min(ROWS_STEP, this.cells.length - this.n) + ' more of ' + this.cells.length) : '');
	}
}
