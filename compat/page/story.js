// SPDX-License-Identifier: Apache-2.0
// story.js - a cell opened: all that is known of it
'use strict';

function section(title, ...body) {
	const shown = body.flat().filter(Boolean);
	return shown.length ? el('section', {}, el('h3', {}, title), shown) : null;
}

function definitions(pairs) {
	const shown = pairs.filter((p) => p && p[1] !== null && p[1] !== undefined && p[1] !== '' && p[1] !== false);
	return shown.length ? el('dl', {}, shown.map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])) : null;
}

function badge(model, cell) {
	const verdict = model.verdict(cell);
	return el('span', {class: 'badge v' + cell.verdict}, verdict.sign + ' ' + verdict.word);
}

// As one word of sh(1); what needs no quotes gets none.
function shellQuote(word) {
	return /^[\w.,:/@%+=-]+$/.test(word) ? word : "'" + word.replace(/'/g, "'\\''") + "'";
}

class Story {
	constructor(model, cell) {
		this.model = model;
		this.cell = cell;
		this.more = readJson('story-' + cell.index) || {};
		this.observation = this.more.observation || null;
	}
	draw() {
		return el('div', {class: 'story'},
			this.why(), this.cause(), this.remarks(), this.repeats(), this.history(), this.witnesses(), this.course(), this.downtime(), this.wire(),
			this.pictures(), this.logs(), this.commands(), this.differences(), this.askedAndGot(), this.figures(),
			this.files(), this.leftOut());
	}
	why() {
		const cell = this.cell;
		return section('What happened', el('p', {class: 'lead'}, cell.text('reason') || 'no reason was given'),
			definitions([
				['phase', cell.phase],
				['rule', cell.text('rule')],
				[cell.verdict === V_FAIL ? 'otherwise expected' : 'expected', cell.text('expected')],
				['see', cell.text('link') && cell.text('link') !== cell.text('known') && webLink(cell.text('link'))],
				['control of', cell.text('control_of')],
				['run on', cell.host],
				['attempts', cell.number('attempts') > 1 ? cell.number('attempts') + ', of which this is the last' : null],
				['since the older run', cell.change ? changeNames(cell).map((name) => changeWords(this.model).find((w) => w.name === name)).map((w) => w.title + ': ' + w.meaning).join('; ') : null],
			]));
	}
	cause() {
		const cell = this.cell;
		if (!cell.text('mode'))
			return null;
		return section('Cause: ' + cell.text('mode'), el('p', {}, cell.text('title')),
			cell.text('fix') && el('p', {class: 'fix'}, el('b', {}, 'Fix: '), cell.text('fix')),
			cell.text('line') && el('pre', {class: 'log'}, el('mark', {}, cell.text('line'))),
			definitions([['sure', cell.sure], ['at', cell.text('file')], ['known', cell.text('known') && webLink(cell.text('known'))]]));
	}
	remarks() {
		return section('Remarks: seen on the wire, felt by nobody so far', this.cell.remarks.map((r) => [el('h4', {}, r.mode), el('p', {}, r.title),
			r.fix && el('p', {class: 'fix'}, el('b', {}, 'Fix: '), r.fix), definitions([['at', r.file], ['known', r.known && webLink(r.known)]])]));
	}
	witnesses() {
		const signs = {ok: '✓', bad: '✗', absent: '–'};
		return section('Three witnesses', el('ul', {class: 'witnesses'}, ['workload', 'peer', 'wire'].map((name) => {
			const says = this.cell.witness(name);
			return el('li', {class: 'says-' + says}, el('b', {}, signs[says] + ' ' + name + ': ' + says),
				this.cell.text(name + '_why') && el('span', {}, this.cell.text(name + '_why')));
		})));
	}
	course() {
		if (!this.observation || !this.observation.steps.length)
			return null;
		const line = new TimeLine(this.model, this.cell, this.observation);
		const outputs = this.observation.steps.filter((s) => stepFailed(s) && s.output)
			.map((s) => [el('h4', {}, s.name + ' printed last'), el('pre', {class: 'log'}, s.output)]);
		return section('What was done', line.draw(), el('details', {}, el('summary', {}, plural(this.observation.steps.length, 'step')),
			line.stepsTable()), outputs);
	}
	downtime() {
		const split = splitOf(this.cell), whole = this.cell.number('service_ms');
		if (split[8] === null || whole === null)
			return null;
		const rows = split.map((ms, k) => (k < 8 || ms > 0) && el('tr', {},
			el('th', {scope: 'row'}, el('i', {class: 'swatch part' + k}), PART_NAMES[k]),
			el('td', {}, ms === null ? 'not measured' : formatMs(ms)),
			el('td', {}, ms === null || !whole ? '' : formatPercent(ms / whole)),
			el('td', {class: 'wide'}, k < 8 ? this.model.data.parts[k].meaning : 'in no part that was measured')));
		return section('Downtime: ' + formatMs(whole), table(['part', 'took', 'share', 'what'], rows, {class: 'figures', label: 'Downtime'}));
	}
	wire() {
		const wire = this.more.wire;
		const parts = [];
		if (this.more.drawing)
			parts.push(el('div', {class: 'scroll paper'}, el('img', {alt: this.describeWire(), class: 'drawing',
				src: 'data:image/svg+xml,' + encodeURIComponent(this.more.drawing)})));
		if (wire && wire.connections.length) {
			const rows = wire.connections.map((c) => el('tr', {}, el('td', {}, c.client + ' – ' + c.server),
				[c.syn_again, c.rst, c.fin, c.retransmissions, c.lost_bytes, c.damaged_bytes].map((n) => el('td', {}, n)),
				el('td', {}, formatMs(c.blackout_ms)), el('td', {}, c.server_macs.join(', '))));
			parts.push(table(['connection', 'SYN again', 'RST', 'FIN', 'retransmissions', 'bytes lost', 'damaged', 'blackout', 'served by'],
				rows, {class: 'figures', label: 'Connections'}));
			if (wire.n > wire.connections.length)
				parts.push(el('p', {}, plural(wire.n - wire.connections.length, 'connection') + ' more in results.json'));
		}
		if (this.cell.text('blame'))
			parts.push(el('p', {}, 'Broken by the ' + this.cell.text('blame') + '.'));
		return section('On the wire', parts);
	}
	describeWire() {
		const c = this.more.wire && this.more.wire.connections[0];
		return 'Time line of the TCP connection' + (c ? ' ' + c.client + ' to ' + c.server + ': blackout ' +
			formatMs(c.blackout_ms) + ', ' + plural(c.retransmissions, 'retransmission') + ', ' + c.rst + ' RST' : '');
	}
	pictures() {
		const pictures = this.more.pictures || [];
		return section('Pictures', pictures.map((p) => el('figure', {class: 'kept'},
			el('img', {alt: p.name, src: 'data:' + p.type + ';base64,' + p.base64}), el('figcaption', {}, p.name))));
	}
	logs() {
		return section('Log excerpts', (this.more.logs || []).map((log) => [
			el('h4', {}, this.fileLink(log.name), ', lines ' + log.first + ' to ' + (log.first + log.lines.length - 1)),
			el('pre', {class: 'log', tabindex: '0', 'aria-label': 'Lines of ' + log.name}, log.lines.map((line, i) => {
				const number = el('span', {class: 'ln', 'aria-hidden': 'true'}, String(log.first + i).padStart(5) + ' ');
				return log.first + i === log.mark ? el('mark', {}, number, line) : [number, line + '\n'];
			}))]));
	}
	factsOf(side) {
		const machine = side === 'source' ? this.cell.sourceMachine : this.cell.targetMachine;
		return Object.assign({}, machine.facts, this.observation ? this.observation[side + '_facts'] : {});
	}
	differences() {
		const source = this.factsOf('source'), target = this.factsOf('target');
		const keys = [...new Set(Object.keys(source).concat(Object.keys(target)))].filter((k) => source[k] !== target[k]).sort();
		const rows = keys.map((key) => el('tr', {}, el('th', {scope: 'row'}, key),
			el('td', {class: 'wide'}, contrast(source[key], target[key])), el('td', {class: 'wide'}, contrast(target[key], source[key]))));
		if (!Object.keys(source).length && !Object.keys(target).length)
			return null;
		return section('The two machines: what differs', rows.length ?
			table(['fact', 'source ' + this.cell.sourceMachine.name, 'target ' + this.cell.targetMachine.name], rows, {class: 'facts', label: 'Differences'}) :
			el('p', {}, 'Nothing.'));
	}
	askedAndGot() {
		const same = this.cell.source === this.cell.target;
		const machines = same ? [this.cell.sourceMachine] : [this.cell.sourceMachine, this.cell.targetMachine];
		const heads = (same ? ['both sides'] : ['source', 'target']).map((side) => [side + ': asked', 'got']);
		const rows = machines.map(askedRows);
		const shown = rows[0].map((_, i) => rows.map((r) => r[i])).filter((r) => r.some((m) => m[1] || m[2]));
		return section('What was asked of the machines, and what was got',
			table([''].concat(...heads), shown.map((r) => el('tr', {}, el('th', {scope: 'row'}, r[0][0]),
				r.map((m) => [el('td', {}, m[1] || '–'), el('td', {}, m[2] || '–')]))), {class: 'facts', label: 'Asked and got'}),
			machines.map((m) => [m.same_cpu_as && el('p', {}, 'The CPU of ' + m.name + ' turned out to be that of ' + m.same_cpu_as + '.'),
				m.notes.map((note) => el('p', {class: 'warn'}, '⚠ ' + m.name + ': ' + note))]));
	}
	figures() {
		const rows = this.model.data.durations.filter(({column}) => this.cell.number(column) !== null)
			.map(({name, column, meaning}) => el('tr', {}, el('th', {scope: 'row'}, name),
				el('td', {}, formatMs(this.cell.number(column))), el('td', {class: 'wide'}, meaning)));
		for (const [column, name, meaning] of [['memory_bytes', 'memory', 'of the workload, as criu says'], ['image_bytes', 'images', 'their size'], ['sent_bytes', 'sent', 'on the transfer network']])
			if (this.cell.number(column) !== null)
				rows.push(el('tr', {}, el('th', {scope: 'row'}, name), el('td', {}, formatBytes(this.cell.number(column))), el('td', {class: 'wide'}, meaning)));
		const peer = this.observation && this.observation.peer;
		return section('Figures', rows.length && table(null, rows, {class: 'figures', label: 'Figures'}),
			peer && peer.present && el('p', {}, 'Peer: ' + [['requests', 'requests'], ['answers', 'right answers'], ['errors', 'errors'],
				['reconnects', 'reconnects']].map(([key, word]) => peer[key] + ' ' + word).join(', ') +
				(peer.first_error ? '; first error: ' + peer.first_error : '') + '.'));
	}
	repeats() {
		const others = this.cell.siblings;
		if (others.length < 2)
			return null;
		return section('Repetitions', el('p', {}, others.map((c) => [el('a', {href: '#cell=' + encodeURIComponent(c.id), class: 'repeat v' + c.verdict,
			'aria-current': c === this.cell ? 'true' : null, title: c.id, 'data-cell': c.id},
		this.model.verdict(c).sign + ' #' + c.repeat + (c.number('service_ms') !== null ? ' ' + formatMs(c.number('service_ms')) : '')), ' '])));
	}
	// Newest first; in which run it changed, and how often it failed.
	history() {
		const history = this.model.historyOf(this.cell);
		if (!history || !history.points.length)
			return null;
		const rate = rateOf(history.failed, history.judged);
		const rows = [...history.points].reverse().map((p) => el('tr', {}, el('th', {scope: 'row'}, p.run[1] || p.run[0]),
			el('td', {}, p.counts.map((n, v) => n > 0 && [el('span', {class: 'badge v' + v}, this.model.data.verdicts[v].sign + ' ' +
				(n > 1 ? n + ' ' : '') + this.model.data.verdicts[v].word), ' '])), el('td', {}, formatMs(p.serviceMs)), el('td', {}, p.mode || '')));
		return section('Over time: ' + history.state, el('p', {}, (history.since ? 'So since run ' + history.since[0] + '. ' : '') +
			'Failed unexpectedly ' + history.failed + ' of ' + plural(history.judged, 'time') + ' (95 %: ' + formatPercent(rate.low) + ' to ' + formatPercent(rate.high) + ').'),
		el('details', {}, el('summary', {}, plural(rows.length, 'run')), table(['run', 'verdicts', 'downtime', 'cause'], rows, {class: 'figures', label: 'Over time'})));
	}
	commands() {
		const dir = this.model.data.run.dir || 'RUN';
		const word = this.model.data.tool;
		const command = (name) => [word, name, dir, this.cell.id].map(shellQuote).join(' ');
		return section('Again', [['repro', 'run this cell again'], ['explain', 'this story in a terminal']].map(([name, what]) =>
			el('div', {class: 'command'}, el('code', {}, command(name)), copyButton(command(name), 'the command'), el('span', {}, what))));
	}
	fileLink(name) {
		const href = this.model.data.href;
		if (!href || !this.cell.dir)
			return el('span', {}, name);
		return el('a', {href: fileHref(href, this.cell.dir, name)}, name);
	}
	files() {
		const files = this.more.files || [];
		if (!this.cell.dir)
			return null;
		return section('Evidence', el('p', {}, el('code', {}, (this.model.data.run.dir ? this.model.data.run.dir + '/' : '') + this.cell.dir)),
			files.length && el('ul', {class: 'files'}, files.map((name) => el('li', {}, this.fileLink(name)))));
	}
	leftOut() {
		const out = [];
		if (!this.more.observation && this.cell.verdict !== V_NOTRUN)
			out.push('steps, logs and connections of this cell');
		if (this.more.pictures_out)
			out.push(plural(this.more.pictures_out, 'picture'));
		if (this.more.drawing_out)
			out.push('the drawing of its connection');
		return out.length ? el('p', {class: 'quiet'}, 'Not in this page, so that it stays small, or because the run\'s folder does not have it: ' +
			out.join(', ') + '. crmatrix explain tells what there is.') : null;
	}
}

// Long lists of words differ in few of them.
function contrast(value, other) {
	if (value === undefined || value === null)
		return '–';
	const isList = (text) => text && text.length > 32 && text.includes(' ') && !/[A-Z]/.test(text);
	if (!isList(value) && !isList(other))
		return value;
	const others = new Set((other || '').split(' '));
	const only = value.split(' ').filter((w) => !others.has(w));
	return 'only here: ' + (only.join(' ') || 'nothing');
}

// [what, asked, got]
function askedRows(machine) {
	const asked = machine.asked || {}, facts = machine.facts;
	return [
		['kernel', asked.kernel, machine.kernel],
		['CPU', asked.cpu || machine.cpu, facts.cpu_model],
		['CPU features', asked.features, null],
		['userland', asked.userland || machine.userland, machine.glibc && 'glibc ' + machine.glibc + ', CRIU ' + machine.criu],
		['memory', asked.memory ? asked.memory / 1048576 + ' MiB' : null, facts.memory_kib ? Math.round(facts.memory_kib / 1024) + ' MiB for use' : null],
		['CPUs', asked.vcpus, facts.vcpus],
		['kernel command line', asked.cmdline, null],
	];
}
