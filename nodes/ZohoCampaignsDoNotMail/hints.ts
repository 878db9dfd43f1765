/** What the panel says before and while a list is sent that has to wait for Zoho's limit. */
import type { NodeHint } from 'n8n-workflow';

import { OPTIONS } from './properties';

/**
 * How long a list takes, in minutes, in steps that a person plans by. The text of a hint cannot be an
 * expression, only whether it shows: so there is one hint for each step.
 */
const STEPS = [
	0.5, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440,
];

/** The value of an option in an expression, its default where it is not set. */
function option(name: string): string {
	const byDefault = OPTIONS.find((one) => one.name === name)?.default;
	return `($parameter.options?.${name} ?? ${JSON.stringify(byDefault)})`;
}

/** The pauses of a run over all items, in minutes: one window less than the windows that it needs. */
const MINUTES = `(Math.ceil($input.all().length / ${option('callsPerWindow')}) - 1) * ${option('windowMinutes')}`;

const WAITS = `${option('whenLimitReached')} === "wait" && $parameter.previewOnly !== true`;

function inWords(minutes: number): string {
	if (minutes === 0.5) return 'about half a minute';
	if (minutes === 1) return 'about a minute';
	if (minutes === 1.5) return 'about a minute and a half';
	return minutes < 120 ? `about ${minutes} minutes` : `about ${minutes / 60} hours`;
}

function hintFor(condition: string, howLong: string): NodeHint {
	return {
		message: `This list is longer than one window of Zoho's limit, so the node sends a part, <b>pauses</b> until Zoho takes more, and goes on: ${howLong} in all. While n8n says "Executing node", it is not stuck. You may press Stop: what is done stays done, and a second run of the same list does nothing twice.`,
		type: 'info',
		location: 'outputPane',
		// n8n takes a run that is under way for one that is still to be, too.
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${WAITS} && ${condition} }}`,
	};
}

/** Shown, until the run is over, for lists that one window has no room for, unless *When Reached* is set to *Fail*. */
export const HINTS: NodeHint[] = [
	...STEPS.map((step, index) =>
		hintFor(`${MINUTES} > ${STEPS[index - 1] ?? 0} && ${MINUTES} <= ${step}`, inWords(step)),
	),
	hintFor(`${MINUTES} > ${STEPS.at(-1)}`, 'more than a day'),
];
