// SPDX-License-Identifier: Apache-2.0
// figures.js - numbers: how they are written, and what many of them say
'use strict';

// Halves to the even one, as printf does: the reports write the same.
function wholeMs(ms) {
	const up = Math.round(ms);
	return up - ms === 0.5 && up % 2 ? up - 1 : up;
}

function formatMs(ms) {
	if (ms === null || ms === undefined)
		return '–';
	if (ms >= 60000)
		return (ms / 60000).toFixed(1) + ' min';
	if (ms >= 10000)
		return (ms / 1000).toFixed(1) + ' s';
	return (ms < 10 ? ms.toFixed(1) : wholeMs(ms)) + ' ms';
}

// Of an axis: no decimals where it begins.
function tickMs(ms) {
	return ms === 0 ? '0' : formatMs(ms);
}

function formatBytes(bytes) {
	if (bytes === null || bytes === undefined)
		return '–';
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let unit = 0;
	while (bytes >= 1000 && unit < units.length - 1) {
		bytes /= 1000;
		unit++;
	}
	return (unit && bytes < 10 ? bytes.toFixed(1) : bytes.toFixed(0)) + ' ' + units[unit];
}

function formatPercent(share) {
	const percent = 100 * share;
	return (percent > 0 && percent < 10 ? percent.toFixed(1) : percent.toFixed(0)) + ' %';
}

function plural(n, word) {
	return n + ' ' + word + (n === 1 ? '' : 's');
}

// Wilson's score interval, 95 %.
function rateOf(hits, trials) {
	const z = 1.959964;
	if (!trials)
		return {share: 0, low: 0, high: 1};
	const p = hits / trials;
	const middle = (p + z * z / (2 * trials)) / (1 + z * z / trials);
	const half = z * Math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials)) /
		(1 + z * z / trials);
	return {
		share: p,
		low: hits ? middle - half : 0,
		high: hits < trials ? middle + half : 1,
	};
}

// Of sorted values, between two by their distance.
function quantile(sorted, q) {
	const at = q * (sorted.length - 1);
	const below = Math.floor(at);
	const above = Math.min(below + 1, sorted.length - 1);
	return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

function sortedNumbers(values) {
	return values.filter((v) => v !== null && v !== undefined).sort((a, b) => a - b);
}

function median(values) {
	const sorted = sortedNumbers(values);
	return sorted.length ? quantile(sorted, 0.5) : null;
}

// Round steps for an axis that reaches to @most, @n of them at most.
function axisStep(most, n) {
	const rough = most / n || 1;
	const power = Math.pow(10, Math.floor(Math.log10(rough)));
	return [1, 2, 5, 10].map((f) => f * power).find((step) => step >= rough * 0.999);
}

function axisTicks(most, n) {
	const step = axisStep(most, n);
	const ticks = [];
	for (let value = 0; value <= most * 1.0001; value += step)
		ticks.push(value);
	return ticks;
}
