// SPDX-License-Identifier: Apache-2.0
// charts.js - downtime, freeze over memory, time by phase, flake rates
'use strict';

const PART_NAMES = ['before', 'freeze', 'handover', 'transfer', 'takeover', 'restore', 'release', 'tail', 'missing'];

function splitOf(cell) {
	return PART_NAMES.map((name) => cell.number('split_' + name + '_ms'));
}

function didMove(cell) {
	return cell.verdict === V_PASS || cell.verdict === V_XPASS;
}

function byScenario(model, cells) {
	const groups = new Map();
	for (const cell of cells) {
		if (!groups.has(cell.scenario))
			groups.set(cell.scenario, []);
		groups.get(cell.scenario).push(cell);
	}
	return [...groups.entries()].sort((a, b) => a[0] - b[0])
		.map(([scenario, members]) => ({name: model.scenarios[scenario].name, cells: members}));
}

function figure(title, caption, ...body) {
	return el('figure', {class: 'card'}, el('h3', {}, title), body, el('figcaption', {}, caption));
}

function timeAxis(root, left, width, height, most) {
	const scale = (ms) => left + ms / most * width;
	for (const tick of axisTicks(most, 6)) {
		root.append(svg('line', {x1: scale(tick), x2: scale(tick), y1: 0, y2: height - 18, class: 'axis'}),
			svg('text', {x: scale(tick), y: height - 4, 'text-anchor': 'middle', class: 'tick'}, tickMs(tick)));
	}
	return scale;
}

// --- Downtime ----------------------------------------------------------------

// Points of equal place are put above each other, so that many are seen as many.
function spread(values, scale, half) {
	const taken = new Map();
	return values.map((v) => {
		const bin = Math.round(scale(v) / 4);
		const n = taken.get(bin) || 0;
		taken.set(bin, n + 1);
		const step = Math.ceil(n / 2) * (n % 2 ? 3.5 : -3.5);
		return Math.abs(step) > half ? null : step;
	});
}

const POINTS_MAX = 400;

function thin(values) {
	if (values.length <= POINTS_MAX)
		return values;
	return Array.from({length: POINTS_MAX}, (_, i) => values[Math.round(i * (values.length - 1) / (POINTS_MAX - 1))]);
}

function downtimeChart(model, cells) {
	const groups = byScenario(model, cells.filter(didMove)).map((g) => ({
		name: g.name, values: sortedNumbers(g.cells.map((c) => c.number('service_ms')))}))
		.filter((g) => g.values.length);
	if (!groups.length)
		return null;
	const row = 44, left = 150, width = 560, height = groups.length * row + 22;
	const most = Math.max(...groups.map((g) => g.values[g.values.length - 1])) * 1.02;
	const root = svg('svg', {viewBox: '0 0 ' + (left + width + 30) + ' ' + height, role: 'img',
		'aria-label': 'Downtime by scenario'});
	const scale = timeAxis(root, left, width, height, most);
	groups.forEach((g, i) => {
		const y = i * row + row / 2;
		const q = (p) => quantile(g.values, p);
		const points = thin(g.values);
		root.append(svg('text', {x: left - 10, y: y + 4, 'text-anchor': 'end'}, g.name),
			svg('rect', {x: scale(q(0.25)), y: y - 15, width: Math.max(scale(q(0.75)) - scale(q(0.25)), 1),
				height: 30, rx: 3, class: 'box'}));
		spread(points, scale, 13).forEach((step, k) => {
			if (step !== null)
				root.append(svg('circle', {cx: scale(points[k]), cy: y + step, r: 2.2, class: 'dot'}));
		});
		root.append(svg('line', {x1: scale(q(0.5)), x2: scale(q(0.5)), y1: y - 17, y2: y + 17, class: 'median'}));
	});
	const rows = groups.map((g) => el('tr', {}, el('th', {scope: 'row'}, g.name), el('td', {}, g.values.length),
		[0, 0.5, 0.95, 1].map((p) => el('td', {}, formatMs(quantile(g.values, p))))));
	return figure('Downtime', 'What clients waited, from the last answer before to the first after, where it moved. ' +
		'Dots are cells, the box holds their middle half, the bar is the median.', root,
		table(['scenario', 'cells', 'least', 'median', '95 % within', 'most'], rows, {class: 'figures', label: 'Downtime by scenario'}));
}

// --- Where the time goes -----------------------------------------------------

function phasesChart(model, cells) {
	const groups = byScenario(model, cells.filter(didMove)).map((g) => {
		const splits = g.cells.map(splitOf).filter((s) => s[8] !== null);
		return {name: g.name, n: splits.length, parts: PART_NAMES.map((_, i) =>
			splits.reduce((sum, s) => sum + (s[i] || 0), 0) / (splits.length || 1))};
	}).filter((g) => g.n);
	if (!groups.length)
		return null;
	const row = 34, left = 150, width = 560, height = groups.length * row + 22;
	const wholes = groups.map((g) => g.parts.reduce((a, b) => a + b, 0));
	const root = svg('svg', {viewBox: '0 0 ' + (left + width + 30) + ' ' + height, role: 'img',
		'aria-label': 'Mean downtime split by phase'});
	const scale = timeAxis(root, left, width, height, Math.max(...wholes) * 1.02);
	groups.forEach((g, i) => {
		let at = 0;
		root.append(svg('text', {x: left - 10, y: i * row + 21, 'text-anchor': 'end'}, g.name));
		g.parts.forEach((ms, k) => {
			if (ms > 0)
				root.append(svg('rect', {x: scale(at), y: i * row + 5, height: 24,
					width: Math.max(scale(at + ms) - scale(at), 0), class: 'part' + k},
				svg('title', {}, PART_NAMES[k] + ': ' + formatMs(ms))));
			at += ms;
		});
	});
	const used = PART_NAMES.map((_, k) => groups.some((g) => g.parts[k] > 0));
	const rows = groups.map((g) => el('tr', {}, el('th', {scope: 'row'}, g.name), el('td', {}, g.n),
		g.parts.map((ms, k) => used[k] && el('td', {}, formatMs(ms)))));
	return figure('Time by phase', 'The mean downtime, cut at the marks of the migration.', root, partLegend(model, used),
		table(['scenario', 'cells'].concat(PART_NAMES.filter((_, k) => used[k])), rows, {class: 'figures', label: 'Time by phase'}));
}

function partLegend(model, used) {
	return el('ul', {class: 'legend'}, PART_NAMES.map((name, k) => used[k] &&
		el('li', {title: k < 8 ? model.data.parts[k].meaning : 'in no part that was measured'},
			el('i', {class: 'swatch part' + k}), name)));
}

// --- Freeze over memory ------------------------------------------------------

// Scenarios whose names differ in a number at their end alone are one curve.
function curveName(name) {
	return name.replace(/-\d+$/, '');
}

// Of each curve a point for each scenario: the means of its cells.
function curves(model, points) {
	const found = new Map();
	for (const p of points) {
		const name = curveName(model.scenarios[p.scenario].name);
		if (!found.has(name))
			found.set(name, new Map());
		const of = found.get(name);
		if (!of.has(p.scenario))
			of.set(p.scenario, []);
		of.get(p.scenario).push(p);
	}
	const mean = (all, key) => all.reduce((sum, p) => sum + p[key], 0) / all.length;
	return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, of]) => ({name,
		at: [...of.values()].map((all) => ({x: mean(all, 'x'), y: mean(all, 'y'), n: all.length,
			dumped: all.some((p) => p.dumped)})).sort((a, b) => a.x - b.x)}));
}

// Of lazy pages criu tells no freeze; frozen it is at least as long as the dump takes.
function freezeOf(cell) {
	const frozen = cell.number('freeze_ms');
	return frozen === null ? {y: cell.number('dump_ms'), dumped: true} : {y: frozen, dumped: false};
}

function freezeChart(model, cells) {
	const points = cells.map((c) => Object.assign({x: c.number('memory_bytes'), scenario: c.scenario}, freezeOf(c)))
		.filter((p) => p.x !== null && p.y !== null);
	if (points.length < 2)
		return null;
	const left = 64, width = 620, top = 10, bottom = 250;
	const most = {x: Math.max(...points.map((p) => p.x)) * 1.05, y: Math.max(...points.map((p) => p.y)) * 1.08};
	const x = (bytes) => left + bytes / most.x * width;
	const y = (ms) => bottom - ms / most.y * (bottom - top);
	const root = svg('svg', {viewBox: '0 0 ' + (left + width + 40) + ' ' + (bottom + 36), role: 'img',
		'aria-label': 'Freeze time over memory'});
	for (const tick of axisTicks(most.y, 5))
		root.append(svg('line', {x1: left, x2: left + width, y1: y(tick), y2: y(tick), class: 'axis'}),
			svg('text', {x: left - 8, y: y(tick) + 4, 'text-anchor': 'end', class: 'tick'}, tickMs(tick)));
	for (const tick of axisTicks(most.x, 6))
		root.append(svg('text', {x: x(tick), y: bottom + 18, 'text-anchor': 'middle', class: 'tick'}, formatBytes(tick)));
	root.append(svg('text', {x: left + width, y: bottom + 33, 'text-anchor': 'end', class: 'tick'}, 'memory of the workload'));
	const shown = points.length > 3000 ? points.filter((_, i) => i % Math.ceil(points.length / 3000) === 0) : points;
	const found = curves(model, points);
	found.forEach((curve, i) => {
		if (curve.at.length > 1)
			root.append(svg('polyline', {class: 'curve line' + i % 6,
				points: curve.at.map((p) => x(p.x).toFixed(1) + ',' + y(p.y).toFixed(1)).join(' ')}));
	});
	const place = new Map(found.map((curve, i) => [curve.name, i]));
	for (const p of shown)
		root.append(marker(place.get(curveName(model.scenarios[p.scenario].name)), x(p.x), y(p.y)));
	const dumped = points.some((p) => p.dumped);
	return figure('Freeze over memory', 'How long criu dump kept the workload frozen, by the size of its memory: ' +
		plural(points.length, 'cell') + (shown.length < points.length ? ', of which ' + shown.length + ' are drawn' : '') + '.' +
		(dumped ? ' Where criu tells no freeze, as with lazy pages: how long its dump took.' : ''),
	root, el('ul', {class: 'legend'}, found.slice(0, 24).map((curve, i) => el('li', {},
		svg('svg', {viewBox: '-6 -6 12 12', class: 'swatch', 'aria-hidden': 'true'}, marker(i, 0, 0)), curve.name))),
	curveTable(found));
}

function curveTable(found) {
	const rows = found.filter((curve) => curve.at.length > 1).flatMap((curve) => curve.at.map((p) =>
		el('tr', {}, el('th', {scope: 'row'}, curve.name), el('td', {}, formatBytes(p.x)), el('td', {}, p.n),
			el('td', {}, formatMs(p.y)))));
	return rows.length ? table(['curve', 'memory', 'cells', 'frozen'], rows, {class: 'figures', label: 'Freeze over memory'}) : null;
}

// Shapes too, not colours alone.
function marker(i, x, y) {
	const shapes = ['M-3 0A3 3 0 1 0 3 0A3 3 0 1 0 -3 0Z', 'M-3 -3H3V3H-3Z', 'M0 -4L4 3H-4Z', 'M0 4L4 -3H-4Z', 'M0 -4L4 0L0 4L-4 0Z'];
	return svg('path', {d: shapes[i % shapes.length], transform: 'translate(' + x.toFixed(1) + ' ' + y.toFixed(1) + ')',
		class: 'mark series' + i % 6});
}

// --- Flakes ------------------------------------------------------------------

const FLAKES_MAX = 30;

function repeatedPairs(model, cells) {
	const chosen = new Set(cells);
	return [...model.pairs.values()].map((pair) => pair.filter((c) => chosen.has(c) && c.verdict <= V_XPASS))
		.filter((pair) => pair.length > 1);
}

function rateBar(rate) {
	return svg('svg', {viewBox: '0 0 160 14', class: 'rate', 'aria-hidden': 'true'},
		svg('rect', {x: 0, y: 6, width: 160, height: 2, class: 'axisfill'}),
		svg('rect', {x: rate.low * 160, y: 3, width: Math.max((rate.high - rate.low) * 160, 1), height: 8, rx: 2, class: 'box'}),
		svg('rect', {x: Math.min(rate.share * 160, 157), y: 0, width: 3, height: 14, class: 'medianfill'}));
}

function flakeTable(model, cells, open) {
	const pairs = repeatedPairs(model, cells);
	if (!pairs.length)
		return null;
	const failed = (pair) => pair.filter((c) => !didMove(c)).length;
	const mixed = pairs.filter((pair) => failed(pair) && failed(pair) < pair.length)
		.sort((a, b) => failed(b) / b.length - failed(a) / a.length);
	const rowOf = (name, hits, trials) => {
		const rate = rateOf(hits, trials);
		return el('tr', {}, el('th', {scope: 'row'}, name), el('td', {}, hits + ' of ' + trials),
			el('td', {}, rateBar(rate)), el('td', {}, formatPercent(rate.share)),
			el('td', {}, formatPercent(rate.low) + ' to ' + formatPercent(rate.high)));
	};
	const button = (pair) => el('button', {type: 'button', class: 'link', onclick: () => open(pair, pairQuery(pair[0]))},
		pair[0].scenarioName + ': ' + pair[0].sourceMachine.name + ' → ' + pair[0].targetMachine.name);
	const rows = byScenario(model, pairs.flat()).map((g) => [g.name, g.cells.filter((c) => c.verdict === V_FAIL).length,
		g.cells.filter((c) => c.verdict === V_FAIL || c.verdict === V_PASS).length])
		.filter((row) => row[2]).concat(mixed.slice(0, FLAKES_MAX).map((pair) => [button(pair), failed(pair), pair.length]));
	return figure('Flake rates', plural(pairs.length, 'pair') + ' of machines and scenario ran more than once; ' +
		(mixed.length ? mixed.length + ' of them did not end the same every time' : 'each ended the same every time') +
		(mixed.length > FLAKES_MAX ? ', of which ' + FLAKES_MAX + ' are shown' : '') +
		'. By scenario, expected failures do not count. The bar holds the true rate with 95 % (Wilson).',
	table(['', 'failed', '', 'rate', '95 % interval'], rows.map((row) => rowOf(...row)), {class: 'figures', label: 'Flake rates'}));
}

function pairQuery(cell) {
	return 'scenario:' + quoteExact(cell.scenarioName) + ' source:' + quoteExact(cell.sourceMachine.name) +
		' target:' + quoteExact(cell.targetMachine.name);
}
