/** Which tests to run against a mutant, and which of them first. */

/**
 * The tests of a mutant took so many ms at most without it; what would take longer is left out, and what
 * only that would have noticed counts as not noticed. A mutant in what is done while a module is loaded
 * counts for every test of the files that load it, so there are many of them: less for it.
 */
const MOST_MS = 8_000;
const MOST_MS_WHILE_LOADING = 3_000;

/** Stands in a test's ID between its file and its name. */
const SEPARATOR = ' > ';

/** The tests with these IDs, as names by file. */
function namesByFile(ids) {
	const byFile = new Map();
	for (const id of ids) {
		const at = id.indexOf(SEPARATOR);
		const file = id.slice(0, at);
		if (!byFile.has(file)) byFile.set(file, []);
		byFile.get(file).push(id.slice(at + SEPARATOR.length));
	}
	return byFile;
}

class Order {
	/** `files`: by test file, how many ms it takes to load it, and each of its tests. */
	constructor(files) {
		this.files = files;
		this.counts = new Map();
	}

	/**
	 * The tests to run against a mutant of a source, by file, as many as `mostMs` has room for. First come
	 * those that are soon done and have often found what was wrong with this source.
	 */
	testsFor(source, ids, mostMs) {
		let left = mostMs;
		return [...namesByFile(ids)]
			.map(([file, names]) => ({ file, names, promise: this.promise(source, file, names) }))
			.sort((a, b) => b.promise - a.promise)
			.flatMap(({ file, names }) => {
				const { names: fitting, ms } = this.fitting(file, names, left);
				if (fitting.size > 0) left -= ms;
				return fitting.size > 0 ? [{ file, names: fitting }] : [];
			});
	}

	/** As many of the tests of a file as can be run in so many ms, and how many ms they take. */
	fitting(file, names, mostMs) {
		const { loadMs, tests } = this.files[file];
		const fitting = new Set();
		let ms = loadMs;
		for (const name of names) {
			if (ms + tests[name] > mostMs) continue;
			ms += tests[name];
			fitting.add(name);
		}
		return { names: fitting, ms };
	}

	/** How likely the tests are to find what is wrong with a source, for each ms that they take. */
	promise(source, file, names) {
		const { loadMs, tests } = this.files[file];
		const ms = names.reduce((sum, name) => sum + tests[name], loadMs);
		const { runs, finds } = this.counted(source, file);
		// A little likely, while untried.
		return (finds + 0.2) / (runs + 1) / Math.max(1, ms);
	}

	/** Notes whether a test file has found what was wrong with a source. */
	learn(source, file, hasFound) {
		const counts = this.counted(source, file);
		counts.runs++;
		if (hasFound) counts.finds++;
	}

	counted(source, file) {
		const key = `${source} ${file}`;
		if (!this.counts.has(key)) this.counts.set(key, { runs: 0, finds: 0 });
		return this.counts.get(key);
	}
}

module.exports = { MOST_MS, MOST_MS_WHILE_LOADING, Order, SEPARATOR };
