#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The page in a real browser: clicks, keys, filters, links, themes, paper, hostile strings.

usage: page_test.py [unittest's arguments]; CRMATRIX names the program.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CRMATRIX = os.environ.get("CRMATRIX", os.path.join(HERE, "../../build/crmatrix"))
MATRIX = os.path.join(HERE, "../golden/report/matrix")

try:
    import browser
except ImportError as e:
    print(f"{e} (Debian: python3-selenium, chromium, chromium-driver)")
    sys.exit(77)
for needed in (browser.CHROMIUM, browser.DRIVER):
    if not os.path.exists(needed):
        print(f"no {needed} (Debian: chromium, chromium-driver)")
        sys.exit(77)

USABLE_S = 3
BYTES_MAX = 10 << 20


def make_run(folder, *options):
    subprocess.run([sys.executable, os.path.join(HERE, "make_run.py"), folder, *options], check=True)
    return folder


def report(run, page, *options):
    subprocess.run([CRMATRIX, "report", run, "--format", "html", "-o", page, *options], check=True)
    return page


class PageTest(unittest.TestCase):
    """One browser for all; each test begins with a page opened anew."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="crmatrix-page-")
        cls.browser = browser.Browser(cls.path("profile"))
        cls.make()

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.folder.cleanup()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder.name, name)

    def tearDown(self):
        self.browser.media()
        self.assertEqual(self.browser.console(), [])
        self.assertEqual(self.browser.requests(), [])

    def count(self):
        return int(re.match(r".*?(\d+) cell", self.browser.text("#found")).group(1))

    def hash(self):
        return self.browser.js("return decodeURIComponent(location.hash)")


class Recorded(PageTest):
    """A small run with every verdict."""

    @classmethod
    def make(cls):
        cls.page = report(MATRIX, cls.path("page.html"))

    def test_without_script_all_is_in_tables(self):
        b = self.browser
        b.open(self.page, scripts=False)
        body = b.find("body").text
        for words in ("✓ ok 738", "✗ FAIL b", "○ xfail a", "● XPASS", "– skip", "! BROKEN", "· not run",
                      "40 cells", "Machines", "Causes", "Downtime and failures"):
            self.assertIn(words, body)
        b.cdp("Emulation.setScriptExecutionDisabled", value=False)

    def test_with_script_the_tables_give_way(self):
        self.browser.open(self.page)
        self.assertFalse(self.browser.find("#plain").is_displayed())
        self.assertIn("6 failed that should not", self.browser.text(".headline"))

    def test_a_count_filters_and_the_address_says_so(self):
        b = self.browser
        b.open(self.page)
        self.assertEqual(self.count(), 40)
        b.click(".counts .v1")
        self.assertEqual(self.count(), 6)
        self.assertEqual(self.hash(), "#q=verdict:fail")
        b.driver.back()
        b.until("return document.getElementById('q').value === ''")
        self.assertEqual(self.count(), 40)

    def test_typing_filters(self):
        b = self.browser
        b.open(self.page)
        b.press("/")
        b.press("scenario:redis -verdict:pass")
        b.until("return /^6 cells of 40/.test(document.getElementById('found').textContent)")
        self.assertEqual(self.hash(), "#q=scenario:redis -verdict:pass")

    def test_queries_select(self):
        queries = {
            "scenario:redis": 16, "verdict:fail": 6, "verdict:FAIL": 6, "verdict:fail|broken": 7,
            "-verdict:pass": 18, "is:new": 8, "source.kernel:<6 scenario:counter": 4,
            "is:remarked": 2, "remark:timestamp-unit": 2, "no such words": 0, "": 40,
        }
        b = self.browser
        b.open(self.page)
        counts = {q: b.js("return selectCells(window.page.model, arguments[0]).cells.length", q) for q in queries}
        for query, wanted in queries.items():
            self.assertEqual(counts[query], wanted, query)
        # What can be said in two ways selects the same.
        same = [("kernel:>=6.1 kernel:<6.2", "source.kernel:6.1.* target.kernel:6.1.*"),
                ("verdict:!pass", "-verdict:pass"), ("id:counter.*", "scenario:counter")]
        for left, right in same:
            ids = [b.js("return selectCells(window.page.model, arguments[0]).cells.map((c) => c.id)", q)
                   for q in (left, right)]
            self.assertEqual(*ids)
            self.assertTrue(0 < len(ids[0]) < 40)

    def test_versions_are_compared_part_by_part(self):
        self.browser.open(self.page)
        for low, high in (("6.1", "6.12"), ("6.1", "6.1.0-55"), ("3.9", "3.17.1"), ("6.9", "6.12.117+deb12"), ("5", "x")):
            self.assertTrue(self.browser.js("return compareVersions(arguments[0], arguments[1]) < 0", low, high), (low, high))
        self.assertEqual(self.browser.js("return compareVersions('6.1', '6.1')"), 0)

    def test_a_link_written_by_hand_shows_the_same_view(self):
        b = self.browser
        b.open(self.page, "#q=scenario:redis target.kernel:>=6.1 verdict:fail&rows=kernel&color=downtime")
        self.assertEqual(b.js("return document.getElementById('q').value"), "scenario:redis target.kernel:>=6.1 verdict:fail")
        self.assertEqual(b.js("return window.page.selects.rows.value"), "kernel")
        self.assertEqual(self.count(), 2)

    def test_a_key_that_is_not_known_is_named(self):
        self.browser.open(self.page, "#q=kernle:6.1")
        self.assertIn("no key ‘kernle’", self.browser.text("#found"))
        self.assertEqual(self.count(), 40)

    def test_a_cell_opens_to_its_story_and_closes(self):
        b = self.browser
        b.open(self.page)
        b.until("return document.querySelectorAll('.block table.heat').length > 1")
        b.js("document.querySelectorAll('.block')[1].scrollIntoView()")
        b.find("[aria-label='counter'] td.v1").click()
        b.until("return document.querySelector('dialog').open")
        self.assertIn("counter: b12-6.1 → b12-6.1-old", b.text("dialog h2"))
        self.assertEqual(self.hash(), "#cell=counter.b12-6.1.b12-6.1-old")
        self.assertIn("Three witnesses", b.text("dialog"))
        self.assertIn("crmatrix repro", b.text("dialog .command code"))
        b.press(b_keys().ESCAPE)
        b.until("return !document.querySelector('dialog').open")
        # The event 'close', which changes the address, is queued behind that.
        b.until("return location.hash.length < 2")
        b.driver.back()
        b.until("return document.querySelector('dialog').open")

    def test_the_figures_of_a_story_are_those_of_the_results(self):
        b = self.browser
        told = subprocess.run([CRMATRIX, "report", MATRIX, "--format", "json"], check=True, stdout=subprocess.PIPE)
        cells = [c for c in json.loads(told.stdout)["cells"] if c["verdict"] == "pass"]
        for cell in (cells[0], cells[-1]):
            known = {name.removesuffix("_ms").replace("_", " "): ms
                     for name, ms in [*cell["downtime"].items(), *cell["flow"].items(), ("wall_ms", cell["wall_ms"])]
                     if name.endswith("_ms") and ms is not None}
            b.open(self.page, "#cell=" + cell["id"])
            rows = dict(b.js("return [...document.querySelectorAll('.scroll[aria-label=Figures] tr')].map("
                             "(tr) => [tr.cells[0].textContent, tr.cells[1].textContent])"))
            shown = {name: float(text.split()[0]) for name, text in rows.items() if text.endswith(" ms")}
            self.assertGreater(len(shown), 1)
            self.assertEqual(shown.keys(), known.keys())
            for name, ms in shown.items():
                self.assertAlmostEqual(ms, known[name], delta=max(0.5, known[name] / 100), msg=cell["id"] + " " + name)

    def test_j_and_k_step_through_what_is_shown(self):
        b = self.browser
        b.open(self.page, "#q=verdict:fail&cell=counter.b12-6.1.b12-6.1-old")
        titles = [b.text("dialog h2")]
        for key in ("j", "j", "k"):
            b.press(key)
            titles.append(b.text("dialog h2"))
        self.assertEqual(len(set(titles)), 3)
        self.assertEqual(titles[1], titles[3])
        self.assertTrue(all("FAIL" in t for t in titles))

    def test_repetitions_are_listed_together(self):
        b = self.browser
        b.open(self.page)
        b.js("window.page.drawAll()")
        several = b.js("const td = [...document.querySelectorAll(\"[aria-label='counter'] td\")]"
                       ".find((t) => t.crossing && t.crossing.cells.length > 1); td.click(); return td.crossing.cells.length")
        b.until("return document.querySelector('dialog').open")
        self.assertEqual(several, 4)
        self.assertEqual(b.text("dialog h2"), "4 cells")
        self.assertEqual(len(b.find_all("dialog .cells tbody tr")), 4)
        self.assertIn("list=", b.js("return location.hash"))
        b.click("dialog .cells tbody button")
        b.until("return document.querySelectorAll('dialog .repeat').length === 4")

    def test_the_grid_goes_by_keys(self):
        b = self.browser
        b.open(self.page)
        b.until("return document.querySelector('table.heat td[tabindex=\"0\"]')")
        self.assertEqual(len(b.find_all("table.heat:first-of-type td[tabindex='0']")),
                         len(b.find_all("table.heat")), "one stop of the Tab key a grid")
        b.js("document.querySelector(\"[aria-label='counter'] td[tabindex='0']\").focus()")
        where = "return [document.activeElement.crossing.row, document.activeElement.crossing.column]"
        first = b.js(where)
        b.press(b_keys().ARROW_RIGHT, b_keys().ARROW_DOWN)
        moved = b.js(where)
        self.assertTrue(first[0] != moved[0] and first[1] != moved[1])
        b.press(b_keys().END)
        self.assertEqual(b.js(where), [moved[0], "t13-6.12"])
        b.press(b_keys().ENTER)
        b.until("return document.querySelector('dialog').open")

    def test_axes_put_machines_together(self):
        b = self.browser
        b.open(self.page, "#rows=criu&cols=kernel")
        b.js("window.page.drawAll()")
        rows = b.js("return [...document.querySelectorAll(\"[aria-label='counter'] tbody th\")].map((t) => t.textContent)")
        self.assertEqual(rows, sorted(rows, key=lambda v: [int(p) for p in v.split(".")]))
        self.assertLess(len(rows), 4)
        cells = b.js("return [...document.querySelectorAll(\"[aria-label='counter'] td\")]"
                     ".reduce((n, t) => n + (t.crossing ? t.crossing.cells.length : 0), 0)")
        self.assertEqual(cells, 19)

    def test_expected_ones_stand_apart_from_new_ones(self):
        b = self.browser
        b.open(self.page)
        fresh = b.js("return [...document.querySelectorAll('#causes > div > article')].map((a) => a.textContent)")
        self.assertTrue(any("FAIL" not in t and "b" in t for t in fresh))
        self.assertTrue(b.js("return [...document.querySelectorAll('#causes details summary')]"
                             ".some((s) => /Expected failures: 8 cells/.test(s.textContent))"))

    def test_the_figures_are_those_of_the_plain_tables(self):
        b = self.browser
        b.open(self.page)
        plain = b.js("return [...document.querySelectorAll('#plain table')].find((t) => /What the clients/.test(t.textContent))"
                     ".innerText.length, [...[...document.querySelectorAll('#plain table')].find((t) => /What the clients/.test(t.textContent))"
                     ".querySelectorAll('tr')].slice(1).map((r) => [...r.children].slice(0, 6).map((c) => c.textContent))")
        drawn = b.js("return [...document.querySelector('#charts figure table').querySelectorAll('tbody tr')]"
                     ".map((r) => [...r.children].map((c) => c.textContent))")
        self.assertEqual([r for r in plain if r[1] != "0"], drawn)
        # Wilson's interval, worked out twice.
        for hits, trials in ((0, 10), (3, 10), (10, 10)):
            rate = b.js("return rateOf(arguments[0], arguments[1])", hits, trials)
            self.assertTrue(rate["low"] <= hits / trials <= rate["high"])
        self.assertAlmostEqual(b.js("return rateOf(1, 10).high"), 0.4042, places=3)

    def test_scenarios_that_differ_in_a_number_are_one_curve(self):
        b = self.browser
        b.open(self.page)
        found = b.js("return curves({scenarios: ['f-64', 'f-32', 'g'].map((name) => ({name}))}, arguments[0])",
                     [{"scenario": 0, "x": 60, "y": 9}, {"scenario": 0, "x": 64, "y": 7},
                      {"scenario": 1, "x": 32, "y": 5}, {"scenario": 2, "x": 1, "y": 1}])
        self.assertEqual([(c["name"], [(p["x"], p["y"], p["n"]) for p in c["at"]]) for c in found],
                         [("f", [(32, 5, 1), (62, 8, 2)]), ("g", [(1, 1, 1)])])

    def test_both_themes_can_be_read(self):
        b = self.browser
        grounds = []
        for dark in (False, True):
            b.media(dark=dark)
            b.open(self.page)
            b.js("window.page.drawAll()")
            grounds.append(b.js("return getComputedStyle(document.body).backgroundColor"))
            for selector in [f".counts .v{i}" for i in range(6)] + ["body", ".quiet", ".link", ".heat td.v2"]:
                self.assertGreaterEqual(b.js(CONTRAST, selector), 4.5, f"{selector}, dark: {dark}")
        self.assertNotEqual(*grounds)
        b.media()
        b.open(self.page)
        b.click(".theme")
        self.assertEqual(b.js("return getComputedStyle(document.body).backgroundColor"), grounds[1])
        b.click(".theme")
        self.assertEqual(b.js("return getComputedStyle(document.body).backgroundColor"), grounds[0])

    def test_on_paper_the_tools_are_gone_and_all_grids_are_there(self):
        b = self.browser
        b.open(self.page)
        b.js("window.addEventListener('beforeprint', () => {"
             " window.printed = document.querySelectorAll('#causes details:not([open])').length; })")
        folded = "return document.querySelectorAll('#causes details:not([open])').length"
        before = b.js(folded)
        self.assertGreater(before, 0)
        pdf = b.cdp("Page.printToPDF", printBackground=True)["data"]
        self.assertGreater(len(pdf), 20000)
        self.assertEqual(b.js("return window.printed"), 0, "a letter whose cause is folded says nothing on paper")
        self.assertEqual(b.js(folded), before)
        self.assertEqual(b.js("return document.querySelectorAll('table.heat').length"), 4)
        b.media(paper=True)
        self.assertFalse(b.find(".tools").is_displayed())
        self.assertTrue(b.find(".headline").is_displayed())
        b.media()
        b.open(self.page, "#cell=counter.b12-6.1.b12-6.1-old")
        b.media(paper=True)
        self.assertFalse(b.find("main").is_displayed())
        self.assertTrue(b.find("dialog h2").is_displayed())

    def test_everything_has_a_name_for_screen_readers(self):
        b = self.browser
        for fragment in ("", "#cell=counter.b12-6.1.b12-6.1-old"):
            b.open(self.page, fragment)
            b.js("window.page.drawAll()")
            self.assertEqual(b.js(NAMELESS), [])
        self.assertEqual(b.js("return document.documentElement.lang"), "en")

    def test_a_narrow_screen_does_not_scroll_sideways(self):
        b = self.browser
        b.size(390, 800)
        b.open(self.page)
        b.js("window.page.drawAll()")
        self.assertLessEqual(b.js("return document.documentElement.scrollWidth"), 390)
        b.size(1400, 1000)


def b_keys():
    return browser.KEYS


CONTRAST = """
const node = document.querySelector(arguments[0]);
const rgba = (text) => text.match(/[\\d.]+/g).map(Number);
let at = node, ground = [0, 0, 0, 0];
while (at && !ground[3] && ground.length === 4) { ground = rgba(getComputedStyle(at).backgroundColor); at = at.parentElement; }
const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
	.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const [a, b] = [light(rgba(getComputedStyle(node).color)), light(ground)].sort((x, y) => y - x);
return (a + 0.05) / (b + 0.05);
"""

NAMELESS = """
const named = (n) => n.getAttribute('aria-label') || n.getAttribute('aria-labelledby') || n.textContent.trim() ||
	n.alt || (n.labels && n.labels.length) || n.closest('[aria-hidden]');
return [...document.querySelectorAll('#app button, #app input, #app select, #app img, #app a, #app [role=img], #app [role=grid], #app td[tabindex], #app [role=region]')]
	.filter((n) => !named(n)).map((n) => n.outerHTML.slice(0, 200));
"""


class Hostile(PageTest):
    """Everything that a guest, a log or a stranger's folder could say tries to become markup."""

    @classmethod
    def make(cls):
        run = make_run(cls.path("run"), "--scenarios", "2", "--machines", "3", "--repeat", "2", "--hostile")
        cls.page = report(run, cls.path("page.html"))

    def harmless(self):
        b = self.browser
        self.assertIsNone(b.js("return window.hacked || null"))
        self.assertIsNone(b.js("return document.getElementById('hacked')"))
        self.assertEqual(b.js("return [...document.querySelectorAll('a')].map((a) => a.href)"
                              ".filter((h) => !/^(https?|file):/.test(h))"), [])
        self.assertEqual(b.js("return [...document.querySelectorAll('*')].filter((n) => [...n.attributes]"
                              ".some((a) => a.name.startsWith('on'))).length"), 0)

    def test_the_page_shows_strings_as_they_are(self):
        b = self.browser
        b.open(self.page)
        b.js("window.page.drawAll(); document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        self.harmless()
        self.assertIn("</script><script>window.hacked=1</script>", b.text("#causes"))
        self.assertIn("<b>bold</b>", b.text("#causes"))

    def test_the_plain_tables_do_too(self):
        b = self.browser
        b.open(self.page)
        self.assertIn("<img src=x onerror=", b.text("#plain"))
        self.assertEqual(b.js("return document.querySelectorAll('#plain img, #plain script').length"), 0)

    def test_each_story_does_too(self):
        b = self.browser
        b.open(self.page)
        for i in range(12):
            b.js("window.page.setState({cell: window.page.model.cells[arguments[0]].id})", i)
            self.harmless()

    def test_logs_names_and_pictures_of_a_folder(self):
        b = self.browser
        b.open(self.page)
        b.js("window.page.setState({cell: window.page.model.cells.find((c) => document.getElementById('story-' + c.index) && c.text('file') === 'restore.log:3').id})")
        self.harmless()
        story = b.text("dialog")
        self.assertIn("window.hacked=1", story)
        self.assertIn("\ufffd", story)
        self.assertNotIn("root:", story, "a link out of the folder was followed")
        self.assertEqual(b.js("return [...document.querySelectorAll('dialog .kept img')].map((i) => i.complete && i.naturalWidth)"), [1, 1])
        self.assertEqual(b.js("return document.querySelectorAll('dialog mark').length"), 2)

    def test_a_query_is_no_markup_either(self):
        self.browser.open(self.page, "#q=<img src=x onerror=window.hacked=1>&cell=</h2><img src=x onerror=window.hacked=1>")
        self.harmless()
        self.assertIn("No such cell", self.browser.text("dialog h2"))

    def test_the_policy_forbids_what_would_slip_through(self):
        b = self.browser
        b.open(self.page)
        b.js("const s = document.createElement('script'); s.textContent = 'window.hacked = 1'; document.body.append(s);"
             "const i = document.createElement('img'); i.src = 'https://example.invalid/x.png'; document.body.append(i);")
        self.assertIsNone(b.js("return window.hacked || null"))
        refused = b.console()
        self.assertEqual(len(refused), 2, refused)
        self.assertTrue(all("Content Security Policy" in m for m in refused))


class TwoRuns(PageTest):
    @classmethod
    def make(cls):
        old = make_run(cls.path("old"), "--scenarios", "4", "--machines", "6")
        new = make_run(cls.path("new"), "--scenarios", "5", "--machines", "6", "--worse")
        cls.page = report(new, cls.path("page.html"), "--against", old)

    def test_changes_are_told_and_can_be_asked_for(self):
        b = self.browser
        b.open(self.page)
        told = {name: int(n) for name, n in b.js(
            "return [...document.querySelectorAll('#changes summary')].map((s) => [s.querySelector('.badge').textContent.slice(2), s.textContent.match(/ (\\d+):/)[1]])")}
        for name in ("New failures", "Slower", "Added"):
            self.assertGreater(told[name], 0)
        for query, name in (("is:new-failure", "New failures"), ("change:slower", "Slower"), ("change:added", "Added")):
            self.assertEqual(b.js("return selectCells(window.page.model, arguments[0]).cells.length", query), told[name])
        plain = b.text("#plain")
        self.assertIn(f"New failures: {told['New failures']};", plain)
        # The command that gates a CI says the same.
        said = subprocess.run([CRMATRIX, "compare", self.path("old"), self.path("new")], capture_output=True, text=True, check=False)
        self.assertIn(f"{told['New failures']} new failures", said.stdout)

    def test_the_matrix_is_coloured_by_change(self):
        b = self.browser
        b.open(self.page, "#color=change")
        b.js("window.page.drawAll()")
        signs = set(b.js("return [...document.querySelectorAll('.heat td b')].map((n) => n.textContent)"))
        self.assertTrue({"▼", "◀", "="} <= signs, signs)
        b.click("#changes tbody button")
        b.until("return document.querySelector('dialog').open")
        self.assertIn("since the older run", b.text("dialog"))


class OverTime(PageTest):
    """Three runs in an index; in the newest some cells broke."""

    @classmethod
    def make(cls):
        runs = [make_run(cls.path(f"run{day}"), "--scenarios", "2", "--machines", "5", "--day", str(day),
                         *(["--worse"] if day == 12 else [])) for day in (10, 11, 12)]
        index = cls.path("index.sqlite")
        subprocess.run([CRMATRIX, "history", "import", "--index", index, *runs], check=True, capture_output=True)
        cls.page = report(runs[-1], cls.path("page.html"), "--history", index)

    def test_a_cell_tells_in_which_run_it_broke(self):
        b = self.browser
        b.open(self.page, "#q=history:broke verdict:fail")
        self.assertGreater(self.count(), 0)
        b.click("#cells tbody button")
        story = b.text("dialog")
        self.assertIn("Over time: broke", story)
        self.assertIn("So since run 2026-11-12T18:58:23Z-4690. Failed unexpectedly 1 of 3 times", story)
        rows = b.js("return [...document.querySelectorAll(\"dialog [aria-label='Over time'] tbody tr\")].map((r) => r.textContent)")
        self.assertEqual(len(rows), 3)
        self.assertIn("FAIL", rows[0])
        self.assertIn("ok", rows[1])


class Large(PageTest):
    """20 scenarios by 30 machines squared."""

    @classmethod
    def make(cls):
        cls.page = report(make_run(cls.path("run")), cls.path("page.html"))

    def test_it_is_small_and_soon_usable(self):
        b = self.browser
        self.assertLess(os.path.getsize(self.page), BYTES_MAX)
        times = []
        for _ in range(3):  # what else the machine does is not the page's doing
            b.open(self.page)
            times.append(b.js("window.page.box.getBoundingClientRect(); return window.page.usableMs") / 1000)
        print(f"usable after {min(times):.2f} s, {os.path.getsize(self.page) / 1e6:.1f} MB", file=sys.stderr)
        self.assertLess(min(times), USABLE_S)
        self.assertEqual(self.count(), 18000)

    def test_what_was_left_out_is_told(self):
        self.browser.open(self.page, "#q=verdict:fail")
        self.assertGreater(self.count(), 50)
        self.browser.click("#cells tbody button")
        self.assertIn("Not in this page", self.browser.text("dialog"))


if __name__ == "__main__":
    unittest.main()
