"use strict";
// What was written beside the page: all runs at once, and each run when it is looked at.

const told = { runs: [], byId: new Map(), loaded: new Map(), waiting: new Map() };

/** Is called by `runs.js`, which is the last script of the page. */
told.all = (found) => {
  Object.assign(told, found);
  told.byId = new Map(told.runs.map((run, index) => [run.id, { ...run, index }]));
  start();
};

/** Is called by the file of a run. */
told.run = (run) => told.loaded.set(run.file, run);

/** Loads all of a run: its file is a script, since a page of a file may not fetch. */
function load(row) {
  if (told.loaded.has(row.file)) return Promise.resolve(told.loaded.get(row.file));
  if (!told.waiting.has(row.file)) told.waiting.set(row.file, asked(row));
  return told.waiting.get(row.file);
}

function asked(row) {
  return new Promise((resolve, reject) => {
    const script = make("script", {
      src: `runs/${encodeURIComponent(row.file)}.js`,
      load: () => (told.loaded.has(row.file) ? resolve(told.loaded.get(row.file)) : reject(new Error(gone(row)))),
      error: () => reject(new Error(gone(row))),
    });
    document.head.append(script);
  }).finally(() => told.waiting.delete(row.file));
}

const gone = (row) => `The file of the run ${row.id} cannot be read: lineage/runs/${row.file}.js. \`meritline lineage site\` writes it anew.`;

/** Lists the runs that have taken, or were answered with, what another run has made. */
const sharing = (artifact) => told.runs.filter((run) => run.shared.includes(artifact));
