/** Items to custom views: what each item names, checked, each view read once. Pure. */
import { shown } from '../../run/words';
import { failure, type Failure } from '../../zoho/failures';
import { NO_SUCH_VIEW } from './page';
import type { Group, Groups } from '../groups';
import type { View, ViewPlan } from './plan';

/** One item's parameters, as n8n resolved them; a `failure` where an expression could not be. */
export interface ViewInput {
	customView: unknown;
	module: unknown;
	unblockFields: unknown;
	/** So many of its records, from its top; Infinity for all. */
	limit: number;
	failure?: Failure;
}

/** A custom view that an item named, or a name that can be none: `failure` says why it is not read. */
export interface NamedView {
	item: number;
	group: Group;
	/** As it was named. */
	id: string;
	/** So many of its records are records of this item. */
	limit: number;
	view?: View;
	failure?: Failure;
}

export class ViewList {
	/** One for each item, in input order. */
	readonly named: NamedView[] = [];
	/** Whether an item named something that can be no view. */
	hasBadInput = false;

	constructor(
		private readonly groups: Groups,
		private readonly plan: Pick<ViewPlan, 'view'>,
	) {}

	add(item: number, input: ViewInput): void {
		const group = this.groups.of(input);
		const { customView, limit } = input;
		const id = String(typeof customView === 'string' ? customView.trim() : shown(customView));
		const failure = input.failure ?? group.problem ?? idProblem(id, customView);
		this.hasBadInput ||= failure !== undefined;
		const view = failure ? { failure } : { view: this.plan.view(group.module, id, limit) };
		this.named.push({ item, group, id, limit, ...view });
	}

	/** An item of which nothing can be known: it names no view, and fails by itself. */
	fail(item: number, failure: Failure): void {
		this.hasBadInput = true;
		const group = this.groups.of({ module: '', unblockFields: '' });
		this.named.push({ item, group, id: '', limit: 0, failure });
	}
}

function idProblem(id: string, raw: unknown): Failure | undefined {
	if (Number.isInteger(raw) && !Number.isSafeInteger(raw)) {
		return failure('invalidRequest', {
			message: `The ID of the custom view ${id} arrived as a number, and numbers of this size lose digits.`,
			resolution: 'Keep it as text from its source on.',
		});
	}
	if (/^\d+$/.test(id)) return undefined;
	const message = id === '' ? 'No custom view is chosen.' : `${id} is not the ID of a custom view.`;
	return failure('invalidRequest', { message, resolution: NO_SUCH_VIEW });
}
