#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""foretold.py RUN... - failures measured against failures foretold, of many runs

Asks 'crmatrix predict RUN --json' (CRMATRIX, or crmatrix of PATH), which judges
anew by today's rules, and prints Markdown: for each mode what its predictions were
worth, as 'predict --score' counts; then what was missed, and each false alarm. Of a
cell that is in several runs the last one counts. Ends with status 1 when something
was missed, was foretold as another mode, or was a false alarm.
"""
import collections
import json
import os
import subprocess
import sys

KINDS = ('foretold', 'risk', 'other', 'missed', 'false alarm', 'unharmed')
BAD = ('other', 'missed', 'false alarm')


def cells_of(run):
    """Those of a run that were both predicted and measured."""
    program = os.environ.get('CRMATRIX', 'crmatrix')
    said = subprocess.run([program, 'predict', run, '--json'], check=False,
                          stdout=subprocess.PIPE)
    for cell in json.loads(said.stdout)['cells']:
        if cell['prediction'] and cell['verdict'] in ('pass', 'xpass', 'fail', 'xfail'):
            yield cell


def worth(cell):
    """(mode, kind) of each thing that the prediction of a cell was worth."""
    prediction = cell['prediction']
    if cell['verdict'] in ('pass', 'xpass'):
        return [(c['mode'], 'false alarm' if c['says'] == 'fail' else 'unharmed')
                for c in prediction['causes']]
    mode = cell['cause'] or 'unknown'
    said = [c['says'] for c in prediction['causes'] if c['mode'] == mode]
    if 'fail' in said:
        return [(mode, 'foretold')]
    if said:
        return [(mode, 'risk')]
    return [(mode, 'missed' if prediction['says'] == 'pass' else 'other')]


def print_table(counts, later):
    print('| mode | ' + ' | '.join(KINDS) + ' | not predictable |')
    print('|---' * (len(KINDS) + 2) + '|')
    for mode in sorted(set(counts) | set(later)):
        row = [counts[mode][kind] or '' for kind in KINDS] + [later[mode] or '']
        print('| `%s` | %s |' % (mode, ' | '.join(map(str, row))))


def main(runs):
    if not runs:
        print(__doc__, file=sys.stderr)
        return 2
    cells = {cell['id']: cell for run in runs for cell in cells_of(run)}
    counts = collections.defaultdict(collections.Counter)
    later, totals, bad = collections.Counter(), collections.Counter(), []
    for cell in cells.values():
        told = worth(cell)
        totals['cells', cell['prediction']['later']] += 1
        if cell['prediction']['later']:
            later.update(mode for mode, kind in told if kind != 'unharmed')
            continue
        totals['passed'] += cell['verdict'] in ('pass', 'xpass')
        totals['wrong'] += any(kind in BAD for _, kind in told)
        for mode, kind in told:
            counts[mode][kind] += 1
            if kind in BAD:
                bad.append((kind, mode, cell['id']))
    print_table(counts, later)
    total = {kind: sum(c[kind] for c in counts.values()) for kind in KINDS}
    print('\n%d cells: %d right; %d missed, %d foretold as another, %d false alarms '
          'among %d that passed. %d more were changed by their scenario after the '
          'prediction.' % (
              totals['cells', False], totals['cells', False] - totals['wrong'],
              total['missed'], total['other'], total['false alarm'],
              totals['passed'], totals['cells', True]))
    for kind, mode, cell in sorted(bad):
        print('\n- %s: `%s`, `%s`' % (kind, mode, cell), end='')
    print()
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
