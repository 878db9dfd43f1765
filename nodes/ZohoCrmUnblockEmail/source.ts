/** Where the records of a run come from: named by their IDs, or read from custom views. */
import type { IExecuteFunctions } from 'n8n-workflow';

import { runPlan } from '../n8n/execution';
import { cancelledError } from '../n8n/ends';
import { parameterReader, unreadable, unresolved } from '../n8n/parameters';
import type { Preview } from '../n8n/preview';
import { limitReader } from '../n8n/resultLimit';
import type { Connection } from '../n8n/transport';
import type { OutboxSettings } from '../run/outbox';
import type { Pace } from '../run/pace';
import { isFailure, type Failure, type Reason } from '../zoho/failures';
import { pageRequest } from './view/page';
import type { Groups } from './groups';
import { PROPERTIES } from './properties';
import type { Input, RecordList } from './records';
import type { CallSettings } from './reply';
import { ViewList, type ViewInput } from './view/list';
import { ViewPlan } from './view/plan';

export interface RecordSource {
	/** Puts the records of an item into the list; never throws. */
	addTo: (records: RecordList, item: number) => void;
	/** Why nothing is to be sent, where reading the views ended early. */
	abortedFor?: Failure | undefined;
	/** How the views were read, where there are any. */
	views?: ViewPlan;
}

/** Records that the items name by their IDs. */
export function recordsById(context: IExecuteFunctions, { problems }: Preview): RecordSource {
	const readItem = inputReader(context);
	return {
		addTo: (records, item) => records.add(item, withProblem(readItem(item), problems.get(item))),
	};
}

interface ReadingSettings {
	settings: OutboxSettings & CallSettings;
	groups: Groups;
	pace: Pace;
	preview: Preview;
}

/**
 * Reads every custom view that an item names, as far as it is wanted, before the first record of any is
 * unblocked: what is unblocked leaves a view, and those behind it move up to pages that have been read.
 *
 * @throws where the execution was cancelled meanwhile
 */
export async function recordsOfViews(
	context: IExecuteFunctions,
	connection: Connection | Failure,
	{ settings, groups, pace, preview }: ReadingSettings,
): Promise<RecordSource> {
	const plan = new ViewPlan(settings, pace);
	const views = new ViewList(groups, plan);
	const readItem = viewInputReader(context);
	if (isFailure(connection)) plan.outbox.abort(connection);
	const ending = await runPlan(context, {
		plan,
		send: async ({ view, place }, isGivenUp) => {
			if (isFailure(connection)) return { reply: connection, requests: 0 };
			return await connection.call(pageRequest(view, place, settings), isGivenUp);
		},
		timeoutMs: settings.timeout,
		readItem: (item) => views.add(item, withProblem(readItem(item), preview.problems.get(item))),
		failItem: (item, error) => views.fail(item, unreadable('invalidRequest', error)),
		allRead: () => settings.stopAtFailure && views.hasBadInput && plan.outbox.abort(),
	});
	if (ending.kind === 'cancelled') {
		throw cancelledError(context, [], context.getInputData().length);
	}
	return {
		addTo: (records, item) => records.addView(views.named[item]!),
		abortedFor: ending.kind === 'broken' ? ending.fault : plan.outbox.abortedFor,
		views: plan,
	};
}

/** What an item names, or why it is not to be sent, whatever it names. */
function withProblem<T extends object>(input: T, problem: Failure | undefined): T {
	return problem ? { ...input, failure: problem } : input;
}

/** Makes a reader of items that name records. */
export function inputReader(context: IExecuteFunctions): (item: number) => Input {
	const read = reader(context, parameterReader(context, 'recordIds'), 'invalidRecordId');
	return (item) => {
		const { named: recordIds, ...input } = read(item);
		return { recordIds, ...input };
	};
}

/** Makes a reader of items that name custom views. */
export function viewInputReader(context: IExecuteFunctions): (item: number) => ViewInput {
	const named = parameterReader(context, 'customView', { extractValue: true });
	const read = reader(context, named, 'invalidRequest');
	const readLimit = limitReader(context, PROPERTIES);
	return (item) => {
		const { named: customView, ...input } = read(item);
		const asked = readLimit(item);
		return isFailure(asked)
			? { customView, failure: asked, ...input, limit: 0 }
			: { customView, ...input, ...asked };
	};
}

type Reader = (item: number) => unknown;

/** An expression that cannot be resolved fails its item only. */
function reader(context: IExecuteFunctions, named: Reader, ofName: Reason) {
	const module = parameterReader(context, 'module', { extractValue: true });
	const unblockFields = parameterReader(context, 'unblockFields');
	return (item: number) => {
		const input: Record<'named' | 'module' | 'unblockFields', unknown> & { failure?: Failure } = {
			named: '',
			module: '',
			unblockFields: '',
		};
		// Each for itself: a failure of one is to say whose it is, and which address was meant.
		const take = (key: 'named' | 'module' | 'unblockFields', read: Reader, reason: Reason) => {
			try {
				input[key] = read(item);
			} catch (error) {
				input.failure ??= unresolved(reason, error);
			}
		};
		take('named', named, ofName);
		take('module', module, 'invalidModule');
		take('unblockFields', unblockFields, 'unknownField');
		return input;
	};
}
