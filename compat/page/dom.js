// SPDX-License-Identifier: Apache-2.0
// dom.js - making elements; the only place where data becomes part of the page
'use strict';

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
	for (const [name, value] of Object.entries(attributes || {})) {
		if (value === null || value === undefined || value === false)
			continue;
		if (name.startsWith('on'))
			node.addEventListener(name.slice(2), value);
		else if (name === 'style')
			Object.assign(node.style, value);
		else
			node.setAttribute(name, value === true ? '' : value);
	}
	for (const child of children.flat(3)) {
		if (child !== null && child !== undefined && child !== false)
			node.append(child);
	}
	return node;
}

// Children are nodes or texts; texts stay texts.
function el(tag, attributes, ...children) {
	return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
	return fill(document.createElementNS(SVG, tag), attributes, children);
}

// A link when it is one to the web; everything else stays text.
function webLink(url, text) {
	if (!/^https?:\/\/[^\s]+$/i.test(url || ''))
		return el('span', {}, text || url || '');
	return el('a', {href: url, rel: 'noopener noreferrer', target: '_blank'}, text || url);
}

function fileHref(base, ...parts) {
	const path = parts.join('/').split('/').map(encodeURIComponent).join('/');
	return base.split('/').map(encodeURIComponent).join('/') + '/' + path;
}

function copyButton(text, what) {
	const button = el('button', {type: 'button', class: 'copy', 'aria-label': 'Copy ' + what}, 'Copy');
	button.addEventListener('click', () => {
		copyText(text).then(() => {
			button.textContent = 'Copied';
			setTimeout(() => {
				button.textContent = 'Copy';
			}, 1500);
		});
	});
	return button;
}

// Pages from file:// may have no clipboard; a selection can always be copied.
function copyText(text) {
	const bySelection = () => {
		const area = el('textarea', {class: 'offscreen', 'aria-hidden': 'true'});
		area.value = text;
		(document.querySelector('dialog[open]') || document.body).append(area);
		area.select();
		document.execCommand('copy');
		area.remove();
	};
	if (!navigator.clipboard)
		return Promise.resolve(bySelection());
	return navigator.clipboard.writeText(text).catch(bySelection);
}

function table(heads, rows, attributes) {
	return el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': (attributes || {}).label || 'table'},
		el('table', {class: (attributes || {}).class},
			heads && el('thead', {}, el('tr', {}, heads.map((h) => el('th', {scope: 'col'}, h)))),
			el('tbody', {}, rows)));
}
