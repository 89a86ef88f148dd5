#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""confusion.py RUN... - failure modes produced against failure modes named

Reads run folders (plan.json, results.json) whose scenarios say which mode they
produce (expect: with a cause), and prints Markdown: for each mode in how many cells
it was produced and in how many it was named so, by the CRIU of source and target;
what was named otherwise, with the line; and whether the cells that were to pass did.
Of a cell that is in several runs the last one counts. Ends with status 1 when a mode was named wrongly or a control failed.
"""
import collections
import json
import os
import sys

NAMED = ('xfail', 'fail')
OPEN = ('skip', 'broken', 'notrun')


def load(run, name):
    with open(os.path.join(run, name), encoding='utf-8') as f:
        return json.load(f)


def rules_of(plan, scenario):
    """The expectations that may have applied to a cell, by their reason."""
    own = [s['scenario'].get('expect') or [] for s in plan['scenarios']
           if s['name'] == scenario]
    return {rule['reason']: rule for rule in
            list(plan.get('expect') or []) + [r for rules in own for r in rules]}


def versions(results, cell):
    pair = [results['machines'][cell[side]].get('criu') or '?'
            for side in ('source', 'target')]
    return pair[0] if pair[0] == pair[1] else ' to '.join(pair)


class Tally:
    """What all the runs come to."""

    def __init__(self):
        self.produced = collections.Counter()  # (mode, versions)
        self.right = collections.Counter()
        self.sure = collections.defaultdict(set)
        self.wrong, self.surprises, self.open = [], [], []
        self.columns, self.passed = set(), 0

    def take_failure(self, cell, criu, mode):
        cause = cell.get('cause') or {}
        named = cause.get('mode', 'nothing: it passed')
        self.produced[mode, criu] += 1
        self.right[mode, criu] += named == mode
        if named != mode:
            self.wrong.append((mode, named, cell['id'], cause.get('line')))
        elif cause.get('sure'):
            self.sure[mode].add(cause['sure'])

    def take(self, results, plan, cell):
        criu = versions(results, cell)
        rule = rules_of(plan, cell['scenario']).get(cell.get('expected'))
        if cell['verdict'] in OPEN:
            self.open.append((cell['id'], cell['verdict'], cell.get('reason')))
        elif rule and rule.get('cause'):
            self.columns.add(criu)
            self.take_failure(cell, criu, rule['cause'])
        elif cell['verdict'] == 'pass':
            self.passed += 1
        else:
            cause = cell.get('cause') or {}
            self.surprises.append((cell['id'], cell['verdict'],
                                   cause.get('mode'), cause.get('line')))


def print_table(tally):
    columns = sorted(tally.columns)
    modes = sorted({mode for mode, _ in tally.produced})
    print('| mode | ' + ' | '.join('CRIU ' + c for c in columns) + ' | sure |')
    print('|---' * (len(columns) + 2) + '|')
    for mode in modes:
        cells = ['%d of %d' % (tally.right[mode, c], tally.produced[mode, c])
                 if tally.produced[mode, c] else '' for c in columns]
        print('| `%s` | %s | %s |' % (mode, ' | '.join(cells),
                                      ', '.join(sorted(tally.sure[mode]))))
    print()
    print('%d modes, %d cells: %d named right, %d not. %d cells were to pass '
          'and did, %d did not.' % (len(modes), sum(tally.produced.values()),
                                    sum(tally.right.values()),
                                    len(tally.wrong), tally.passed,
                                    len(tally.surprises)))


def print_rows(title, rows):
    if not rows:
        return
    print('\n' + title + '\n')
    for row in rows:
        print('- ' + ', '.join('`%s`' % (field,) for field in row if field))


def main(runs):
    if not runs:
        print(__doc__, file=sys.stderr)
        return 2
    tally, cells = Tally(), {}
    for run in runs:
        plan, results = load(run, 'plan.json'), load(run, 'results.json')
        for cell in results['cells']:
            cells[cell['id']] = (results, plan, cell)
    for cell in cells.values():
        tally.take(*cell)
    print_table(tally)
    print_rows('Produced, and named otherwise:', tally.wrong)
    print_rows('To pass, and did not:', tally.surprises)
    print_rows('Not told:', tally.open)
    return 1 if tally.wrong or tally.surprises else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
