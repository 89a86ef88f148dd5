// SPDX-License-Identifier: Apache-2.0
// time.js - one cell in time: its steps, marks, and the time without service
'use strict';

const LANES = ['host', 'source', 'target'];
const LANE_HEIGHT = 30;
const LABEL_PX = 6.6;

function stepFailed(step) {
	return step.began_ns !== null && (step.exit !== 0 || step.trouble !== null);
}

class TimeLine {
	constructor(model, cell, observation) {
		this.model = model;
		this.cell = cell;
		this.observation = observation;
		this.steps = observation.steps.filter((s) => s.began_ns !== null);
		const starts = this.steps.map((s) => s.began_ns);
		this.zero = observation.began_ns !== null ? observation.began_ns : Math.min(...starts);
		const ends = this.steps.map((s) => s.ended_ns || s.began_ns)
			.concat(observation.marks.map((m) => m.at_ns), observation.ended_ns || []);
		this.most = Math.max(...ends, this.zero + 1) - this.zero;
		this.left = 90;
		this.width = 840;
		this.lanes = LANES.filter((lane) => this.steps.some((s) => s.on === lane));
	}
	ms(ns) {
		return (ns - this.zero) / 1e6;
	}
	x(ns) {
		return this.left + Math.max(0, Math.min(1, (ns - this.zero) / this.most)) * this.width;
	}
	draw() {
		if (!this.steps.length)
			return null;
		const outage = this.outage();
		const rows = this.lanes.length + 1 + (outage ? 1 : 0);
		const height = rows * LANE_HEIGHT + 66;
		this.root = svg('svg', {viewBox: '0 0 ' + (this.left + this.width + 20) + ' ' + height, role: 'img',
			class: 'timeline', 'aria-label': this.describe(outage)});
		this.drawMarks(rows);
		this.drawAxis(rows * LANE_HEIGHT + 46);
		this.lanes.forEach((lane, i) => this.drawLane(lane, 24 + i * LANE_HEIGHT));
		this.drawService(outage, 24 + this.lanes.length * LANE_HEIGHT);
		if (outage)
			this.drawSplit(outage, 24 + (this.lanes.length + 1) * LANE_HEIGHT);
		return this.root;
	}
	outage() {
		const peer = this.observation.peer;
		if (!peer || !peer.present || peer.last_before_ns === null)
			return null;
		return {from: peer.last_before_ns, to: peer.first_after_ns};
	}
	describe(outage) {
		const steps = this.steps.map((s) => s.name + ' on ' + s.on + (stepFailed(s) ? ' (failed)' : '')).join(', ');
		return 'Time line of ' + formatMs(this.most / 1e6) + ': ' + steps + '; ' +
			(outage ? outage.to === null ? 'no answer came after' :
				'no answers for ' + formatMs((outage.to - outage.from) / 1e6) : 'no peer');
	}
	label(y, text) {
		this.root.append(svg('text', {x: this.left - 10, y: y + 18, 'text-anchor': 'end'}, text));
	}
	drawLane(lane, y) {
		this.label(y, lane);
		this.root.append(svg('rect', {x: this.left, y: y + 4, width: this.width, height: LANE_HEIGHT - 8, class: 'lane'}));
		for (const step of this.steps.filter((s) => s.on === lane)) {
			const from = this.x(step.began_ns), to = this.x(step.ended_ns === null ? this.zero + this.most : step.ended_ns);
			const width = Math.max(to - from, 2);
			const took = step.ended_ns === null ? 'did not end' : formatMs((step.ended_ns - step.began_ns) / 1e6);
			this.root.append(svg('rect', {x: from, y: y + 4, width, height: LANE_HEIGHT - 8, rx: 2,
				class: stepFailed(step) ? 'step failed' : 'step phase-' + step.phase},
			svg('title', {}, step.name + ' (' + step.phase + '): ' + took)));
			if (width > step.name.length * LABEL_PX + 6)
				this.root.append(svg('text', {x: from + width / 2, y: y + 19, 'text-anchor': 'middle', class: 'onstep'}, step.name));
			if (stepFailed(step))
				this.root.append(svg('text', {x: from + width + 3, y: y + 19, class: 'cross'}, '✗ ' + step.name));
		}
	}
	drawService(outage, y) {
		this.label(y, 'service');
		const peer = this.observation.peer;
		if (!peer || !peer.present) {
			this.root.append(svg('text', {x: this.left + 4, y: y + 19, class: 'tick'}, 'no peer watched it'));
			return;
		}
		const bar = (from, to, name) => this.root.append(svg('rect', {x: from, y: y + 11,
			width: Math.max(to - from, 1), height: 8, rx: 2, class: name}));
		const started = this.steps.find((s) => s.phase === 'start') || this.steps[0];
		const end = this.left + this.width;
		if (!outage) {
			this.root.append(svg('text', {x: this.left + 4, y: y + 19, class: 'tick'}, 'its time without answers is not known'));
			return;
		}
		bar(this.x(started.ended_ns || started.began_ns), this.x(outage.from), 'answers');
		bar(this.x(outage.from), outage.to === null ? end : this.x(outage.to), 'silence');
		if (outage.to !== null)
			bar(this.x(outage.to), end, 'answers');
		const text = outage.to === null ? 'no answer any more' : 'silent for ' + formatMs((outage.to - outage.from) / 1e6);
		const at = this.x(outage.from), room = end - at > text.length * LABEL_PX;
		this.root.append(svg('text', {x: room ? at : at - 4, y: y + 8, 'text-anchor': room ? 'start' : 'end', class: 'strong'}, text));
	}
	drawSplit(outage, y) {
		const split = splitOf(this.cell);
		this.label(y, 'spent on');
		if (outage.to === null || split.every((ms) => ms === null)) {
			this.root.append(svg('text', {x: this.left + 4, y: y + 19, class: 'tick'}, 'not measured'));
			return;
		}
		let at = outage.from;
		split.forEach((ms, k) => {
			if (!ms)
				return;
			const from = this.x(at), width = Math.max(this.x(at + ms * 1e6) - from, 0.5);
			this.root.append(svg('rect', {x: from, y: y + 4, width, height: LANE_HEIGHT - 8, class: 'part' + k},
				svg('title', {}, PART_NAMES[k] + ': ' + formatMs(ms))));
			if (width > PART_NAMES[k].length * LABEL_PX + 4)
				this.root.append(svg('text', {x: from + width / 2, y: y + 19, 'text-anchor': 'middle', class: 'onstep'}, PART_NAMES[k]));
			at += ms * 1e6;
		});
	}
	// Names stand above, as far as they do not overlap.
	drawMarks(rows) {
		let free = 0;
		const marks = this.observation.marks.slice().sort((a, b) => a.at_ns - b.at_ns);
		for (const mark of marks) {
			const x = this.x(mark.at_ns), width = mark.name.length * 6.3;
			this.root.append(svg('line', {x1: x, x2: x, y1: 18, y2: 24 + rows * LANE_HEIGHT, class: 'pole'},
				svg('title', {}, mark.name + ' on ' + mark.on + ': ' + formatMs(this.ms(mark.at_ns)))));
			const from = Math.min(Math.max(x - width / 2, this.left), this.left + this.width - width);
			if (from < free)
				continue;
			this.root.append(svg('text', {x: from, y: 13, class: 'tick'}, mark.name));
			free = from + width + 10;
		}
	}
	drawAxis(y) {
		const most = this.most / 1e6;
		for (const tick of axisTicks(most, 8))
			this.root.append(svg('line', {x1: this.x(this.zero + tick * 1e6), x2: this.x(this.zero + tick * 1e6), y1: y - 18, y2: y - 12, class: 'axis'}),
				svg('text', {x: this.x(this.zero + tick * 1e6), y, 'text-anchor': 'middle', class: 'tick'}, tickMs(tick)));
	}
	stepsTable() {
		const rows = this.observation.steps.map((s) => el('tr', {class: stepFailed(s) ? 'bad' : null},
			el('td', {}, s.began_ns === null ? '–' : (this.ms(s.began_ns) / 1000).toFixed(3) + ' s'),
			el('td', {}, s.phase), el('td', {}, s.name), el('td', {}, s.on),
			el('td', {}, s.began_ns === null || s.ended_ns === null ? '–' : formatMs((s.ended_ns - s.began_ns) / 1e6)),
			el('td', {}, s.trouble || (s.exit ? 'status ' + s.exit : 'ok'), s.ours && stepFailed(s) ? ' (ours)' : '')));
		return table(['at', 'phase', 'step', 'on', 'took', 'outcome'], rows, {class: 'figures', label: 'Steps'});
	}
}
