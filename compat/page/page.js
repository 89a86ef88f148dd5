// SPDX-License-Identifier: Apache-2.0
// page.js - the page as a whole: what the address says, and what it shows
'use strict';

const STATE_KEYS = {q: '', rows: 'machine', cols: 'machine', color: 'verdict', cell: '', list: ''};

// A plus is a plus here: versions have them. A hash by hand may be unescaped.
function readState() {
	const state = Object.assign({}, STATE_KEYS);
	for (const part of location.hash.slice(1).split('&')) {
		const at = part.indexOf('=');
		const key = part.slice(0, at);
		if (at < 1 || !hasOwn(STATE_KEYS, key))
			continue;
		try {
			state[key] = decodeURIComponent(part.slice(at + 1));
		} catch (e) {
			state[key] = part.slice(at + 1);
		}
	}
	return state;
}

function writeState(state) {
	const parts = Object.keys(STATE_KEYS).filter((key) => state[key] !== STATE_KEYS[key])
		.map((key) => key + '=' + encodeURIComponent(state[key]).replace(/%3A/g, ':').replace(/%2F/g, '/'));
	return '#' + parts.join('&');
}

class Page {
	constructor(model, left) {
		this.model = model;
		this.left = left;
		this.state = readState();
		this.open = (cells, query) => this.openCells(cells, query);
		this.search = (query) => this.setState({q: query}, true);
		this.root = el('div', {id: 'app'});
		this.cellTable = new CellTable(model, this.open);
		this.build();
		document.body.append(this.root);
		this.show();
		window.addEventListener('hashchange', () => this.onHash());
		window.addEventListener('beforeprint', () => this.toPaper());
		window.addEventListener('afterprint', () => this.fromPaper());
		document.addEventListener('keydown', (event) => this.onKey(event));
	}

	// --- State -----------------------------------------------------------

	// @push: a step that "back" undoes
	setState(change, push) {
		Object.assign(this.state, change);
		const hash = writeState(this.state);
		if (push && hash !== location.hash)
			history.pushState(null, '', hash);
		else
			history.replaceState(null, '', hash);
		this.show();
	}
	onHash() {
		this.state = readState();
		this.show();
	}
	onKey(event) {
		const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
		if (event.key === '/' && !typing && !this.dialog.open) {
			event.preventDefault();
			this.box.focus();
			this.box.select();
		}
		if (this.dialog.open && !typing && (event.key === 'j' || event.key === 'k'))
			this.step(event.key === 'j' ? 1 : -1);
	}

	// --- Building: once --------------------------------------------------

	build() {
		this.body = {};
		const part = (name, title, note) => {
			this.body[name] = el('div', {});
			return el('section', {id: name, 'aria-labelledby': 'h-' + name}, el('h2', {id: 'h-' + name}, title),
				note && el('p', {class: 'quiet'}, note), this.body[name]);
		};
		const parts = [
			['matrix', 'Matrix', 'Rows are where the program was dumped, columns where it was to be restored.'],
			['causes', 'What went wrong'],
			this.model.data.against && ['changes', 'Two runs side by side'],
			['charts', 'Figures'],
			['machines', 'Machines'],
			['cells', 'All cells'],
		].filter(Boolean);
		this.root.append(this.head(), this.tools(parts), el('main', {}, parts.map((p) => part(...p))), this.foot(), this.makeDialog());
		this.body.machines.append(machinesTable(this.model));
		this.body.cells.append(this.cellTable.root);
	}
	head() {
		const run = this.model.data.run, host = run.host;
		const counts = sumUp(this.model.cells.length ? this.model.cells : [{verdict: V_NOTRUN, text: () => null, number: () => null}]).counts;
		return el('header', {class: 'top'},
			el('div', {class: 'brand'}, el('h1', {}, 'crmatrix ', el('small', {}, run.id)), this.themeButton()),
			el('p', {class: 'headline ' + (this.nNew() ? 'bad' : 'good')}, this.headline()),
			el('p', {class: 'quiet'}, [run.started && 'begun ' + run.started, run.finished ? 'ended ' + run.finished : 'not finished',
				run.tool, host.kernel && 'host kernel ' + host.kernel, host.cpu, host.accel, host.qemu && 'QEMU ' + host.qemu,
				host.libvirt && 'libvirt ' + host.libvirt].filter(Boolean).join(' · ')),
			el('ul', {class: 'counts', 'aria-label': 'Cells by verdict'}, this.model.data.verdicts.map((v, i) => this.model.cells.length > 0 && counts[i] > 0 &&
				el('li', {}, el('button', {type: 'button', class: 'badge v' + i, onclick: () => this.search('verdict:' + v.name),
					title: 'Show only these'}, v.sign + ' ' + counts[i] + ' ' + v.word)))));
	}
	nNew() {
		return this.model.cells.filter((c) => c.isNew).length;
	}
	headline() {
		const n = this.model.cells.length;
		const count = (v) => this.model.cells.filter((c) => c.verdict === v).length;
		const told = [[V_FAIL, 'failed that should not'], [V_XPASS, 'passed unexpectedly'], [V_BROKEN, 'could not be told']]
			.filter(([v]) => count(v)).map(([v, words]) => count(v) + ' ' + words);
		const notRun = count(V_NOTRUN);
		if (!n)
			return 'No cells.';
		return (told.length ? 'Of ' + plural(n, 'cell') + ', ' + told.join(', ') + '.' :
			'All as expected: of ' + plural(n, 'cell') + ', ' + count(V_PASS) + ' moved' +
			(count(V_XFAIL) ? ', ' + count(V_XFAIL) + ' failed for reasons that are known' : '') + '.') +
			(notRun ? ' ' + plural(notRun, 'cell') + ' were not run.' : '');
	}
	themeButton() {
		const button = el('button', {type: 'button', class: 'theme', onclick: () => {
			const root = document.documentElement;
			const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
			root.dataset.theme = dark ? 'light' : 'dark';
			try {
				localStorage.setItem('crmatrix-theme', root.dataset.theme);
			} catch (e) {
				// Not kept, then.
			}
		}}, 'Dark / light');
		return button;
	}
	picker(label, key, choices) {
		const select = el('select', {onchange: () => this.setState({[key]: select.value}, true)},
			Object.entries(choices).map(([name, {title}]) => el('option', {value: name}, title)));
		this.selects[key] = select;
		return el('label', {}, label, select);
	}
	tools(parts) {
		this.selects = {};
		this.box = el('input', {type: 'search', id: 'q', spellcheck: 'false', autocomplete: 'off', 'aria-describedby': 'found',
			placeholder: 'scenario:redis target.kernel:>=6.12 verdict:fail',
			oninput: () => {
				clearTimeout(this.timer);
				this.timer = setTimeout(() => this.setState({q: this.box.value}), 120);
			}});
		this.found = el('span', {id: 'found', role: 'status', 'aria-live': 'polite'});
		const colours = Object.assign({}, COLOURS);
		if (!this.model.data.against)
			delete colours.change;
		return el('div', {class: 'tools', role: 'search'},
			el('label', {class: 'search', for: 'q'}, 'Filter', this.box),
			el('button', {type: 'button', onclick: () => this.setState({q: ''}, true)}, 'Clear'), this.found,
			el('span', {class: 'pickers'}, this.picker('rows', 'rows', AXES), this.picker('columns', 'cols', AXES), this.picker('colour', 'color', colours)),
			this.help(), el('nav', {'aria-label': 'Parts of the page'}, parts.map(([name, title]) =>
				el('button', {type: 'button', class: 'link', onclick: () => document.getElementById(name).scrollIntoView({behavior: 'smooth'})}, title))));
	}
	help() {
		const examples = [
			['verdict:fail', 'unexpected failures'],
			['is:new', 'all that is unexpected; also is:expected, is:flaky, is:retried, is:remarked, is:unknown' +
				(this.model.data.against ? ', is:new-failure, is:mended, is:slower' : '')],
			['source.kernel:<6.12 target.kernel:>=6.12', 'by facts of either side, versions compared part by part'],
			['criu:3.*', 'both sides; * and ? stand for anything'],
			['cause:xsave-missing|vdso-layout', 'one of these'],
			['-scenario:redis', 'not that'],
			['downtime:>2000', 'figures, in ms; also freeze, dump, transfer, restore, wall'],
			['peer:bad', 'a witness: workload, peer, wire'],
			['target.cpu_flags:"lacks avx2"', 'a word of a list'],
			['vdso bounds', 'words of reasons, causes and log lines'],
		];
		return el('details', {class: 'help'}, el('summary', {}, 'How to ask'), el('table', {}, el('tbody', {}, examples.map(([query, what]) =>
			el('tr', {}, el('td', {}, el('button', {type: 'button', class: 'link code', onclick: () => this.search(query)}, query)), el('td', {}, what))))),
		el('p', {}, 'Keys: ' + Object.keys(OF_CELL).concat(Object.keys(OF_MS), Object.keys(AXES)).join(', ') +
			', and any fact, alone or after source. and target. The query is in the address: a link shows the same view.'));
	}
	foot() {
		const left = this.left || {}, out = [];
		if (left.stories)
			out.push('the details of ' + plural(left.stories, 'cell') + ' (steps, logs, connections)');
		if (left.pictures)
			out.push(plural(left.pictures, 'picture'));
		if (left.drawings)
			out.push('the drawings of ' + plural(left.drawings, 'connection'));
		if (this.model.data.texts_out)
			out.push(plural(this.model.data.texts_out, 'text') + ' of cells');
		return el('footer', {}, out.length ? el('p', {id: 'left-out'}, 'Left out to keep this page small: ' + out.join(', ') +
			'. One cell of each cause, and what is unexpected, came first; crmatrix explain tells the rest.') : null,
		el('p', {}, 'Made by crmatrix report --format html. ',
			el('kbd', {}, '/'), ' search, arrow keys and ', el('kbd', {}, 'Enter'), ' in the matrix, ', el('kbd', {}, 'j'), ' ', el('kbd', {}, 'k'), ' next and previous cell, ', el('kbd', {}, 'Esc'), ' close.'));
	}

	// --- Showing: after each change of state ------------------------------

	show() {
		const s = this.state;
		const key = [s.q, s.rows, s.cols, s.color].join('\u0000');
		if (this.box.value !== s.q)
			this.box.value = s.q;
		for (const [name, select] of Object.entries(this.selects)) {
			if (![...select.options].some((o) => o.value === s[name]))
				s[name] = STATE_KEYS[name];
			select.value = s[name];
		}
		if (key !== this.shownKey)
			this.showCells();
		this.shownKey = key;
		this.showDialog();
	}
	showCells() {
		const selected = selectCells(this.model, this.state.q);
		this.selected = selected.cells;
		this.found.textContent = plural(this.selected.length, 'cell') + (selected.isAll ? '' : ' of ' + this.model.cells.length);
		this.found.classList.toggle('bad', selected.unknown.length > 0);
		if (selected.unknown.length)
			this.found.textContent = 'no key ' + selected.unknown.map((k) => '\u2018' + k + '\u2019').join(', ') + ' (see How to ask); without it: ' + this.found.textContent;
		this.showMatrix();
		this.body.causes.replaceChildren(...[clusterSections(this.model, this.selected, this.open, this.search)].flat(3).filter(Boolean));
		if (this.body.changes)
			this.body.changes.replaceChildren(...[changeSections(this.model, this.selected, selected.isAll, this.open)].flat(3).filter(Boolean));
		this.showCharts();
		this.cellTable.show(this.selected);
	}
	showCharts() {
		const charts = [downtimeChart, phasesChart, freezeChart].map((chart) => chart(this.model, this.selected));
		charts.push(flakeTable(this.model, this.selected, this.open));
		const shown = charts.filter(Boolean);
		this.body.charts.replaceChildren(...(shown.length ? shown : [el('p', {class: 'quiet'}, 'Nothing was measured of these cells.')]));
	}
	gridOf(cells, options) {
		return new Grid(this.model, Object.assign({
			cells, colour: this.state.color, open: this.open,
			rowAxis: new Axis(this.model, this.state.rows, 'source'),
			columnAxis: new Axis(this.model, this.state.cols, 'target'),
		}, options));
	}
	// Grids are drawn when they come into view: there may be many.
	showMatrix() {
		const groups = byScenario(this.model, this.selected);
		const blocks = [];
		if (this.observer)
			this.observer.disconnect();
		this.observer = new IntersectionObserver((seen) => {
			for (const entry of seen)
				if (entry.isIntersecting)
					this.drawBlock(entry.target);
		}, {rootMargin: '600px'});
		if (groups.length > 1)
			blocks.push(this.block('All scenarios', plural(groups.length, 'scenario'), this.selected, {isMixed: true, label: 'All scenarios', query: ''}));
		for (const group of groups) {
			const scenario = this.model.scenarios[group.cells[0].scenario];
			blocks.push(this.block(group.name, scenario.title, group.cells, {label: group.name, query: 'scenario:' + quoteExact(group.name)}));
		}
		this.body.matrix.replaceChildren(this.legend(), el('div', {class: 'blocks'}, blocks.length ? blocks : el('p', {class: 'quiet'}, 'No cell is like that.')));
		for (const block of blocks)
			this.observer.observe(block);
	}
	block(title, note, cells, options) {
		const sum = sumUp(cells);
		const block = el('article', {class: 'card block' + (options.isMixed ? ' all' : '')},
			el('h3', {}, title), note && el('p', {class: 'quiet'}, note),
			el('p', {class: 'quiet'}, sum.counts.map((n, v) => n ? n + ' ' + this.model.data.verdicts[v].word : '').filter(Boolean).join(', ')));
		const rows = new Set(cells.map((c) => c.source)).size;
		block.style.minHeight = 120 + rows * 16 + 'px';
		block.pending = () => this.gridOf(cells, options).draw();
		return block;
	}
	drawBlock(block) {
		this.observer.unobserve(block);
		if (!block.pending)
			return;
		block.append(block.pending());
		block.pending = null;
		block.style.minHeight = '';
	}
	drawAll() {
		for (const block of this.body.matrix.querySelectorAll('.block'))
			this.drawBlock(block);
	}
	// On paper nothing opens by a click: letters of the matrices must find their cause.
	toPaper() {
		this.drawAll();
		this.unfolded = [...this.body.causes.querySelectorAll('details:not([open])')];
		for (const details of this.unfolded)
			details.open = true;
	}
	fromPaper() {
		for (const details of this.unfolded || [])
			details.open = false;
	}
	legend() {
		const seen = new Set(this.selected.map((c) => c.verdict));
		const item = (name, sign, words) => el('li', {}, el('i', {class: 'swatch ' + name}, sign), words);
		const meanings = ['moved: downtime in ms', 'failed', 'failed as expected: the letter is its cause', 'passed unexpectedly', 'skipped', 'could not be told', 'not run'];
		if (this.state.color === 'verdict')
			return el('ul', {class: 'legend'}, this.model.data.verdicts.map((v, i) => seen.has(i) && item('v' + i, v.sign, v.word + ': ' + meanings[i])),
				this.selected.some((c) => c.row[10]) && item('', '~', 'with remarks'), this.selected.some((c) => c.repeat > 1) && item('', '×', 'repetitions, the median; K/N: so in K of N'));
		if (this.state.color === 'change')
			return el('ul', {class: 'legend'}, changeWords(this.model).map((c) => item('change-' + c.name, CHANGE_SIGNS[c.name], c.title)));
		return el('ul', {class: 'legend'}, item('scale0', '', this.state.color === 'downtime' ? 'shortest' : 'never failed'), [1, 2, 3, 4, 5].map((i) => item('scale' + i, '', '')),
			item('scale6', '', this.state.color === 'downtime' ? 'longest (logarithmic, each matrix by itself)' : 'always failed, as expected or not'));
	}

	// --- The dialog --------------------------------------------------------

	makeDialog() {
		this.dialogBody = el('div', {class: 'dialog-body'});
		this.dialogTitle = el('h2', {id: 'dialog-title', tabindex: '-1'});
		this.dialogNote = el('p', {class: 'quiet'});
		const button = (text, label, act) => el('button', {type: 'button', 'aria-label': label, title: label, onclick: act}, text);
		this.stepButtons = el('span', {class: 'steps'}, button('↑', 'Previous cell (k)', () => this.step(-1)), button('↓', 'Next cell (j)', () => this.step(1)));
		this.dialog = el('dialog', {'aria-labelledby': 'dialog-title', onclose: () => this.onClose(),
			onclick: (event) => {
				if (event.target === this.dialog)
					this.dialog.close();
				const other = event.target.closest && event.target.closest('[data-cell]');
				if (other) {
					event.preventDefault();
					this.setState({cell: other.dataset.cell}, true);
				}
			}},
		el('div', {class: 'dialog-head'}, el('div', {}, this.dialogTitle, this.dialogNote), this.stepButtons,
			button('✕', 'Close (Esc)', () => this.dialog.close())), this.dialogBody);
		return this.dialog;
	}
	openCells(cells, query) {
		if (cells.length === 1)
			this.setState({cell: cells[0].id, list: ''}, true);
		else
			this.setState({list: query, cell: ''}, true);
	}
	onClose() {
		document.documentElement.classList.remove('opened');
		if (this.state.cell || this.state.list)
			this.setState({cell: '', list: ''}, true);
	}
	step(by) {
		const at = this.selected.findIndex((c) => c.id === this.state.cell);
		const next = this.selected[at + by];
		if (this.state.cell && at >= 0 && next)
			this.setState({cell: next.id});
	}
	showDialog() {
		const {cell, list} = this.state;
		const key = cell + '\u0000' + list;
		if (!cell && !list) {
			this.dialogKey = null;
			if (this.dialog.open)
				this.dialog.close();
			return;
		}
		if (this.dialogKey === key && this.dialog.open)
			return;
		this.dialogKey = key;
		if (cell)
			this.fillStory(cell);
		else
			this.fillList(list);
		document.documentElement.classList.add('opened');
		if (!this.dialog.open)
			this.dialog.showModal();
		this.dialog.scrollTop = 0;
		this.dialogBody.scrollTop = 0;
		this.dialogTitle.focus({preventScroll: true});
	}
	fillStory(id) {
		const cell = this.model.find(id);
		this.stepButtons.hidden = !cell;
		if (!cell) {
			this.dialogTitle.replaceChildren('No such cell');
			this.dialogNote.textContent = '';
			this.dialogBody.replaceChildren(el('p', {}, 'The run has no cell ', el('code', {}, id), '.'));
			return;
		}
		const scenario = this.model.scenarios[cell.scenario];
		this.dialogTitle.replaceChildren(badge(this.model, cell), ' ' + cell.scenarioName + ': ' + cell.sourceMachine.name + ' → ' + cell.targetMachine.name +
			(cell.repeat > 1 ? ' #' + cell.repeat : ''));
		this.dialogNote.textContent = scenario.title || '';
		this.dialogBody.replaceChildren(new Story(this.model, cell).draw());
	}
	fillList(query) {
		const chosen = new Set(this.selected);
		const cells = selectCells(this.model, query).cells.filter((c) => chosen.has(c));
		this.stepButtons.hidden = true;
		this.dialogTitle.replaceChildren(plural(cells.length, 'cell'));
		this.dialogNote.textContent = query;
		const rows = new CellTable(this.model, this.open);
		rows.show(cells);
		const charts = cells.length ? [downtimeChart(this.model, cells), flakeTable(this.model, cells, this.open)].filter(Boolean) : [];
		this.dialogBody.replaceChildren(el('p', {}, el('button', {type: 'button', onclick: () => {
			this.setState({q: (this.state.q + ' ' + query).trim(), list: ''}, true);
		}}, 'Filter the page by these')), rows.root, ...charts);
	}
}

window.page = new Page(new Model(readJson('data')), readJson('left'));
window.page.usableMs = performance.now();
document.documentElement.classList.add('ready');
