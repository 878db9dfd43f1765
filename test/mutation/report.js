/** Reads StrykerJS's report: what the tests noticed of each file, and what they did not. */

const DETECTED = new Set(['Killed', 'Timeout']);
/** Of whatever else may have become of a mutant it is not known that a test notices it. */
const isDetected = ({ status }) => DETECTED.has(status);

/** The text of a source between two places, as the report counts them: from 1, the end outside. */
function textAt(source, { start, end }) {
	const lines = source.split('\n').slice(start.line - 1, end.line);
	lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
	lines[0] = lines[0].slice(start.column - 1);
	return lines.join('\n');
}

/** Every mutant of a report, with the text that it replaces. */
function mutantsOf(report) {
	return Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
		mutants.map((mutant) => ({ ...mutant, file, original: textAt(source, mutant.location) })),
	);
}

const isNamedBy = (entry, mutant) =>
	entry.file === mutant.file &&
	entry.mutator === mutant.mutatorName &&
	entry.original === mutant.original &&
	(entry.replacement === undefined || entry.replacement === mutant.replacement);

/**
 * Counts what was detected and missed, in all and by file. What `harmless` names does not count; an
 * entry of it that names nothing among the files of the report that was missed is `stale`.
 */
function judge(report, harmless) {
	const used = new Set();
	const isHarmless = (mutant) => {
		const entries = harmless.filter((entry) => isNamedBy(entry, mutant));
		for (const entry of entries) used.add(entry);
		return entries.length > 0;
	};
	const files = {};
	const survivors = [];
	for (const mutant of mutantsOf(report)) {
		const counts = (files[mutant.file] ??= { mutants: 0, detected: 0, missed: 0, harmless: 0 });
		counts.mutants++;
		if (isDetected(mutant)) {
			counts.detected++;
		} else if (isHarmless(mutant)) {
			counts.harmless++;
		} else {
			counts.missed++;
			survivors.push(mutant);
		}
	}
	const stale = harmless.filter((entry) => entry.file in files && !used.has(entry));
	return { files, survivors, stale, score: scoreOf(Object.values(files)) };
}

/** The share of detected mutants among those that count, in percent; 100 where there are none. */
function scoreOf(counts) {
	const sum = (key) => counts.reduce((total, one) => total + one[key], 0);
	const [detected, missed] = [sum('detected'), sum('missed')];
	return detected + missed === 0 ? 100 : (100 * detected) / (detected + missed);
}

module.exports = { judge, scoreOf };
