import type { ReceivedRequest, RequestKind } from './requests';

/** What goes wrong with one request. */
export type Trouble =
	/** The reply comes so many ms late; with `before`, the work is done late too. */
	| { latencyMs: number }
	/** This reply in place of Zoho's, such as a 407 with `proxy-authenticate` from on the way. */
	| { status: number; body?: string; headers?: Record<string, string> }
	/** The connection is reset. */
	| { reset: true }
	/** No reply, ever; the connection stays open until the client or `stop` closes it. */
	| { hang: true }
	/** The reply's length is announced and the connection closed half way. */
	| { cutBody: true }
	/** The reply comes so many bytes at a time; `endless`: blanks follow it, and it never ends. */
	| { drip: { bytes: number; everyMs: number; endless?: boolean } }
	/** The reply is swollen to so many million bytes, and is still valid JSON or XML. */
	| { megabytes: number }
	/** The reply is a whole HTTP message whose JSON ends half way. */
	| { cutJson: true }
	/** A gateway's page instead of JSON. */
	| { html: 200 | 502 }
	/** A 302 to somewhere else. */
	| { redirect: string }
	/** This status and nothing else. */
	| { emptyBody: number };

export type Fault = Trouble & {
	/**
	 * `before`: in place of the work, which is never done. `after`: the work is done (records
	 * changed, the call counted) and its reply lost. Unless told otherwise `after` where the fault
	 * needs Zoho's reply (`latencyMs`, `cutBody`, `cutJson`, `drip`, `megabytes`), else `before`.
	 */
	when?: 'before' | 'after';
};

const NEED_REPLY = ['latencyMs', 'cutBody', 'cutJson', 'drip', 'megabytes'];

/** Whether the work comes after the fault, or not at all. */
export function isBefore(fault: Fault): boolean {
	const needsReply = NEED_REPLY.some((name) => name in fault);
	return (fault.when ?? (needsReply ? 'after' : 'before')) === 'before';
}

/** A fault and the requests that it waits for. */
export type PlannedFault = Fault & {
	kind?: RequestKind;
	match?: (request: ReceivedRequest) => boolean;
	/** So many matching requests pass first. 0 unless told otherwise. */
	skip?: number;
	/** How many matching requests get it. 1 unless told otherwise. */
	times?: number;
};

/** The faults that are still to come; a request gets the first that it matches, in their order. */
export class Faults {
	/** Asked for every request that no planned fault is for, to let a seed decide. */
	random: (request: ReceivedRequest) => Fault | undefined = () => undefined;

	private planned: Array<{ fault: PlannedFault; skip: number; left: number }> = [];

	plan(fault: PlannedFault): void {
		this.planned.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
	}

	/** The fault of this request, which is used up by the asking. */
	take(request: ReceivedRequest): Fault | undefined {
		for (const plan of this.planned) {
			const { kind = request.kind, match = () => true } = plan.fault;
			if (plan.left === 0 || kind !== request.kind || !match(request)) continue;
			if (plan.skip > 0) {
				plan.skip--;
				continue;
			}
			plan.left--;
			return plan.fault;
		}
		return this.random(request);
	}
}
