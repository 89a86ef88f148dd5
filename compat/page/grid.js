// SPDX-License-Identifier: Apache-2.0
// grid.js - heat maps: source by target, for one scenario or over all
'use strict';

// Up to so many columns entries have room for words; beyond, for a sign.
const COLUMNS_LARGE = 8;

// What entries are coloured by.
const COLOURS = {
	verdict: {title: 'verdict'},
	downtime: {title: 'downtime'},
	failures: {title: 'failure rate'},
	change: {title: 'change'},
};

// In the order in which one of several is shown.
const CHANGE_SIGNS = {'new-failure': '▼', 'unmeasured': '?', 'unexpected-pass': '●', 'other-cause': '⇄', 'slower': '◀',
	'flaky': '≈', 'mended': '▲', 'now-expected': '▽', 'now-skipped': '–', 'still-failing': '✗', 'added': '+', 'gone': '−', 'same': '='};

class Axis {
	constructor(model, name, side) {
		this.model = model;
		this.name = hasOwn(AXES, name) ? name : 'machine';
		this.side = side;
	}
	valueOf(machine) {
		const value = AXES[this.name].of(machine);
		return value === null || value === undefined || value === '' ? 'not known' : String(value);
	}
	// Values in order: machines as the run has them, all else by version.
	values(machines) {
		const values = [...new Set(machines.map((m) => this.valueOf(m)))];
		return this.name === 'machine' ? values : values.sort(compareVersions);
	}
	query(value) {
		const key = this.name === 'machine' ? this.side : this.side + '.' + this.name;
		return key + ':' + quoteExact(value);
	}
}

// Cells -> {rows, columns, at(row, column)}.
function arrange(model, cells, rowAxis, columnAxis) {
	const order = (a, b) => a - b;
	const machinesOf = (side) => [...new Set(cells.map((c) => c[side]))].sort(order).map((i) => model.machines[i]);
	const sources = machinesOf('source'), targets = machinesOf('target');
	const entries = new Map();
	const rowOf = model.machines.map((m) => rowAxis.valueOf(m));
	const columnOf = model.machines.map((m) => columnAxis.valueOf(m));
	for (const cell of cells) {
		const row = rowOf[cell.source], column = columnOf[cell.target];
		if (!entries.has(row))
			entries.set(row, new Map());
		const inRow = entries.get(row);
		if (!inRow.has(column))
			inRow.set(column, []);
		inRow.get(column).push(cell);
	}
	return {
		rows: rowAxis.values(sources),
		columns: columnAxis.values(targets),
		at: (row, column) => (entries.get(row) && entries.get(row).get(column)) || null,
	};
}

// --- How an entry looks ------------------------------------------------------

function noteLabel(cell) {
	return cell.note === null ? '' : cell.model.data.notes[cell.note].label;
}

function shortText(sum, model) {
	const word = model.data.verdicts[sum.worst.verdict].word;
	const passed = sum.worst.verdict === V_PASS || sum.worst.verdict === V_XPASS;
	const share = (sum.nWorst < sum.n ? ' ' + sum.nWorst + '/' + sum.n : sum.n > 1 ? ' ×' + sum.n : '') +
		(sum.cells.some((c) => c.row[10]) ? ' ~' : '');
	if (passed && sum.serviceMs !== null)
		return formatMs(sum.serviceMs) + share;
	return word + (noteLabel(sum.worst) && sum.worst.verdict !== V_PASS ? ' ' + noteLabel(sum.worst) : '') + share;
}

function describeSum(sum, model) {
	const counts = sum.counts.map((n, v) => n ? n + ' ' + model.data.verdicts[v].word : '').filter(Boolean);
	const cause = sum.worst.text('mode');
	return counts.join(', ') + (cause ? ', ' + cause : '') +
		(sum.serviceMs !== null ? ', downtime ' + formatMs(sum.serviceMs) : '') + (sum.cells.some((c) => c.row[10]) ? ', with remarks' : '');
}

// Several scenarios in one entry: how many moved, and a bar of verdicts.
function mixedBar(sum) {
	const bar = el('span', {class: 'bar', 'aria-hidden': 'true'});
	for (const v of [V_PASS, V_XPASS, V_XFAIL, V_SKIP, V_NOTRUN, V_BROKEN, V_FAIL]) {
		if (sum.counts[v])
			bar.append(el('i', {class: 'v' + v, style: {flexGrow: sum.counts[v]}}));
	}
	return bar;
}

function failureRate(sum) {
	const told = sum.cells.filter((c) => c.verdict <= V_XPASS);
	const failed = told.filter((c) => c.verdict === V_FAIL || c.verdict === V_XFAIL).length;
	return told.length ? rateOf(failed, told.length) : null;
}

function changeOf(sum) {
	const changed = [].concat(...sum.cells.map(changeNames));
	return Object.keys(CHANGE_SIGNS).find((name) => changed.includes(name)) || 'same';
}

// {className, style, big, small} by what entries are coloured by.
const LOOKS = {
	verdict(sum, grid) {
		const verdict = grid.model.data.verdicts[sum.worst.verdict];
		return {className: 'v' + sum.worst.verdict, big: verdict.sign, small: shortText(sum, grid.model)};
	},
	downtime(sum, grid) {
		if (sum.serviceMs === null)
			return {className: 'none', big: '·', small: 'none'};
		const t = grid.mostMs > grid.leastMs ?
			(Math.log(sum.serviceMs + 1) - Math.log(grid.leastMs + 1)) /
			(Math.log(grid.mostMs + 1) - Math.log(grid.leastMs + 1)) : 0;
		return {className: 'scale' + Math.round(t * 6), big: '', small: formatMs(sum.serviceMs)};
	},
	failures(sum) {
		const rate = failureRate(sum);
		if (!rate)
			return {className: 'none', big: '·', small: 'none'};
		return {className: 'scale' + Math.round(rate.share * 6), big: '', small: formatPercent(rate.share),
			more: formatPercent(rate.low) + ' to ' + formatPercent(rate.high)};
	},
	change(sum) {
		const name = changeOf(sum);
		return {className: 'change-' + name, big: CHANGE_SIGNS[name], small: name};
	},
};

// --- The table ---------------------------------------------------------------

class Grid {
	// @title: of the scenario; @large: room for words; @open(cells, query): what
	// a click does
	constructor(model, options) {
		this.model = model;
		Object.assign(this, options);
		this.arranged = arrange(model, this.cells, this.rowAxis, this.columnAxis);
		this.isLarge = this.arranged.columns.length <= COLUMNS_LARGE;
	}
	sums() {
		const sums = new Map();
		for (const row of this.arranged.rows)
			for (const column of this.arranged.columns) {
				const cells = this.arranged.at(row, column);
				if (cells)
					sums.set(row + '\u0000' + column, sumUp(cells));
			}
		return sums;
	}
	draw() {
		const sums = this.sums();
		const times = [...sums.values()].map((s) => s.serviceMs).filter((ms) => ms !== null);
		this.leastMs = Math.min(...times);
		this.mostMs = Math.max(...times);
		const head = el('tr', {}, el('td', {class: 'corner'}, 'from ↓ to →'),
			this.arranged.columns.map((c) => el('th', {scope: 'col', title: c}, el('span', {}, c))));
		const rows = this.arranged.rows.map((row) => el('tr', {},
			el('th', {scope: 'row', title: row}, el('span', {}, row)),
			this.arranged.columns.map((column) => this.entry(row, column, sums.get(row + '\u0000' + column)))));
		const grid = el('table', {class: 'heat ' + (this.isLarge ? 'large' : 'small'), role: 'grid',
			'aria-label': this.label}, el('thead', {}, head), el('tbody', {}, rows));
		this.addKeys(grid);
		return el('div', {class: 'scroll'}, grid);
	}
	entry(row, column, sum) {
		if (!sum)
			return el('td', {class: 'empty', role: 'gridcell', 'aria-label': 'no cell'});
		const look = LOOKS[this.colour](sum, this);
		const mixed = this.isMixed && this.colour === 'verdict';
		const label = describeSum(sum, this.model) +
			(this.colour === 'verdict' ? '' : '; ' + COLOURS[this.colour].title + ': ' + look.small + (look.more ? ', ' + look.more : ''));
		const td = el('td', {role: 'gridcell', tabindex: '-1', class: look.className, 'aria-label': label},
			look.big && el('b', {}, look.big));
		if (this.isLarge && !mixed)
			td.append(el('span', {class: 'say'}, look.small));
		else if (!this.isLarge && !look.big)
			td.append(el('span', {class: 'tiny'}, look.small.replace(/ (ms|%)$/, '')));
		if (mixed) {
			td.classList.add('mixed');
			td.classList.toggle('some', sum.nWorst * 2 < sum.n);
			this.shade(td, sum);
			td.append(el('span', {class: 'say'}, sum.counts[V_PASS] + '/' + sum.n), mixedBar(sum));
		}
		td.title = row + ' → ' + column + ': ' + label;
		td.crossing = {row, column, cells: sum.cells};
		return td;
	}
	// Where nothing is new the ground shows how many moved.
	shade(td, sum) {
		const moved = 100 * sum.counts[V_PASS] / sum.n;
		if (!this.isLarge && sum.worst.verdict === V_XFAIL && moved > 0)
			td.style.background = 'linear-gradient(to top, var(--pass) ' + moved + '%, var(--xfail) ' + moved + '%)';
	}
	activate(td) {
		const at = td.crossing;
		if (!at)
			return;
		this.open(at.cells, [this.query, this.rowAxis.query(at.row), this.columnAxis.query(at.column)]
			.filter(Boolean).join(' '));
	}
	// One stop of the Tab key; within, the arrow keys.
	addKeys(grid) {
		const first = grid.querySelector('td[tabindex]');
		if (first)
			first.tabIndex = 0;
		grid.addEventListener('click', (event) => {
			const td = event.target.closest('td[tabindex]');
			if (td) {
				this.focus(grid, td);
				this.activate(td);
			}
		});
		grid.addEventListener('keydown', (event) => {
			const td = event.target.closest('td[tabindex]');
			if (!td)
				return;
			if (event.key === 'Enter' || event.key === ' ') {
				event.preventDefault();
				this.activate(td);
				return;
			}
			const next = this.neighbour(td, event.key);
			if (next) {
				event.preventDefault();
				this.focus(grid, next);
			}
		});
	}
	neighbour(td, key) {
		const inRow = [...td.parentElement.querySelectorAll('td[tabindex]')];
		if (key === 'Home' || key === 'End')
			return inRow[key === 'Home' ? 0 : inRow.length - 1];
		const moves = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]};
		if (!hasOwn(moves, key))
			return null;
		const [down, right] = moves[key];
		let row = td.parentElement, at = td;
		do {
			if (right)
				at = right > 0 ? at.nextElementSibling : at.previousElementSibling;
			else {
				row = down > 0 ? row.nextElementSibling : row.previousElementSibling;
				at = row && row.children[td.cellIndex];
			}
		} while (at && !at.crossing);
		return at && at.crossing ? at : null;
	}
	focus(grid, td) {
		for (const old of grid.querySelectorAll('td[tabindex="0"]'))
			old.tabIndex = -1;
		td.tabIndex = 0;
		td.focus();
	}
}
