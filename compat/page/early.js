// SPDX-License-Identifier: Apache-2.0
// early.js - before anything is drawn: scripts run, and which theme was chosen
document.documentElement.classList.add('js');
try {
	const theme = localStorage.getItem('crmatrix-theme');
	if (theme === 'dark' || theme === 'light')
		document.documentElement.dataset.theme = theme;
} catch (e) {
	// No storage for this address: the system's theme stays.
}
