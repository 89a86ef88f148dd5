// SPDX-License-Identifier: Apache-2.0
// query.js - the language of the search box: scenario:redis target.kernel:>=6.12
'use strict';

// Part by part, numbers as numbers: 6.1 < 6.12, a missing part is the smaller.
function compareVersions(a, b) {
	const parts = (s) => String(s).match(/\d+|[^\d]+/g) || [];
	const x = parts(a), y = parts(b);
	for (let i = 0; i < Math.max(x.length, y.length); i++) {
		if (x[i] === undefined || y[i] === undefined)
			return x[i] === undefined ? -1 : 1;
		const number = /^\d/.test(x[i]) && /^\d/.test(y[i]);
		if (number && Number(x[i]) !== Number(y[i]))
			return Number(x[i]) - Number(y[i]);
		if (!number && x[i] !== y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

// Words between blanks; "..." keeps blanks together, anywhere in a word.
function splitQuery(text) {
	const words = [];
	let word = '', quoted = false, any = false;
	for (const c of text) {
		if (c === '"') {
			quoted = !quoted;
			any = true;
		} else if (/\s/.test(c) && !quoted) {
			if (any)
				words.push(word);
			word = '';
			any = false;
		} else {
			word += c;
			any = true;
		}
	}
	if (any)
		words.push(word);
	return words;
}

function globToRegExp(glob) {
	const escaped = glob.replace(/[.+^${}()|\\[\]]/g, '\\$&');
	return new RegExp('^' + escaped.replace(/\*/g, '.*').replace(/\?/g, '.') + '$', 'i');
}

const COMPARISONS = {
	'>=': (order) => order >= 0,
	'<=': (order) => order <= 0,
	'>': (order) => order > 0,
	'<': (order) => order < 0,
};

// What a value may be -> a test of a text.
function parseTest(text) {
	const compared = text.match(/^(>=|<=|>|<)(.*)$/);
	if (compared) {
		const fits = COMPARISONS[compared[1]];
		return (value) => fits(compareVersions(value, compared[2].trim()));
	}
	const listed = text.match(/^(has|lacks)\s+(\S+)$/);
	if (listed)
		return (value) => value.split(/\s+/).includes(listed[2]) === (listed[1] === 'has');
	if (text.startsWith('='))
		return (value) => value === text.slice(1);
	const pattern = globToRegExp(text);
	return (value) => pattern.test(value);
}

// One alternative: of several names of one thing some must fit, with ! none.
function parseAlternative(text) {
	const not = text.startsWith('!');
	const test = parseTest(not ? text.slice(1) : text);
	const fits = (value) => value !== null && value !== undefined && test(String(value));
	return (values) => values.some(fits) !== not;
}

// A term KEY:VALUE, with - or ! before it what must not be; or a word.
function parseTerm(word) {
	const not = /^[-!]./.test(word);
	const rest = not ? word.slice(1) : word;
	const colon = rest.indexOf(':');
	if (colon < 1 || !/^[\w.-]+$/.test(rest.slice(0, colon)))
		return {not, word: rest.toLowerCase()};
	return {
		not,
		key: rest.slice(0, colon),
		tests: rest.slice(colon + 1).split('|').map(parseAlternative),
	};
}

function parseQuery(text) {
	return splitQuery(text).map(parseTerm);
}

// listsOf(cell, key) -> lists of texts, of each of which one must fit: a list for
// each side of a pair, or one; null: unknown key.
function termFits(term, cell, listsOf, wordsOf) {
	if (term.word !== undefined)
		return wordsOf(cell).includes(term.word) !== term.not;
	const lists = listsOf(cell, term.key);
	if (!lists)
		return true;
	const found = lists.every((values) => term.tests.some((test) => test(values)));
	return found !== term.not;
}

// As a value in a query: exactly this, whatever is in it.
function quoteExact(value) {
	const text = '=' + String(value).replace(/"/g, '');
	return /[\s|]/.test(text) ? '"' + text + '"' : text;
}
