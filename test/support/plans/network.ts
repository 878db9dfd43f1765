/** The way to Zoho and back, in virtual time. */
import type { Answer, Reply, Request } from '../../../nodes/zoho/reply';
import { isFailure } from '../../../nodes/zoho/failures';
import type { Reply as ZohoReply } from '../../fake-zoho/reply';
import { kindOf, type ReceivedRequest } from '../../fake-zoho/requests';
import type { FakeClock } from '../clock';
import { toReply, TROUBLES, type Trouble, type TroubleName } from './troubles';

export interface Weather {
	/** What goes wrong with the calls, one after the other; after the last one nothing does. */
	troubles: ReadonlyArray<TroubleName | 'none'>;
	/** How long the ways and the work take, in ms, over and over. */
	delays: readonly number[];
	/** Whether the token has expired at a call: n8n renews it and sends the request once more. */
	expiries?: readonly boolean[];
}

/** A room of the embedded Zoho; `open` are the calls that are open there, this one among them. */
export type Room = (request: ReceivedRequest, open: number) => ZohoReply;

export interface Settle {
	answer: (answer: Answer) => void;
	fail: (error: Error) => void;
	/** Whether somebody still waits for it. */
	isOpen: () => boolean;
}

export class Network {
	/** When requests reached Zoho, in ms. */
	readonly arrivals: number[] = [];
	/** Of these, those that came when their call had been given up. */
	strays = 0;
	private calls = 0;
	private steps = 0;
	private open = 0;

	constructor(
		private readonly clock: FakeClock,
		private readonly weather: Weather,
		private readonly room: Room,
		private readonly authorization: string,
		private readonly timeoutMs: number,
	) {}

	/**
	 * Sends a request; `settle` is told what becomes of it, if anything ever does.
	 *
	 * @returns what goes wrong with it, if anything does, and whether it needs a second request
	 */
	send(request: Request, settle: Settle): { trouble: Trouble | undefined; isRenewed: boolean } {
		const call = this.calls++;
		const name = this.weather.troubles[call] ?? 'none';
		const trouble = name === 'none' ? undefined : TROUBLES[name];
		const isExpired = this.weather.expiries?.[call] ?? false;
		const { arrivals = isExpired ? 2 : 1, isLate = false } = trouble ?? {};
		if (arrivals === 0) {
			this.later(() => this.comeBack(trouble, toReply(200, {}, ''), 1, settle));
			return { trouble, isRenewed: false };
		}
		this.clock.after(this.delay() + (isLate ? this.timeoutMs : 0), () => {
			if (arrivals === 1) return this.arrive(request, trouble, 1, settle);
			this.countArrival(settle);
			this.later(() => this.arrive(request, trouble, 2, settle));
		});
		return { trouble, isRenewed: arrivals === 2 };
	}

	private arrive(
		request: Request,
		trouble: Trouble | undefined,
		requests: number,
		settle: Settle,
	): void {
		this.countArrival(settle);
		this.open++;
		const { status, headers, body } =
			trouble?.done === false
				? { status: 200, headers: {}, body: '{"data":[]}' }
				: this.room(received(request, this.authorization, this.clock.now()), this.open);
		this.later(() => {
			this.open--;
			const reply = toReply(status, headers, body, this.clock.now());
			this.later(() => this.comeBack(trouble, reply, requests, settle));
		});
	}

	private countArrival({ isOpen }: Settle): void {
		this.arrivals.push(this.clock.now());
		if (!isOpen()) this.strays++;
	}

	private comeBack(
		trouble: Trouble | undefined,
		reply: Reply,
		requests: number,
		{ answer, fail }: Settle,
	): void {
		const { back = (reply: Reply) => reply } = trouble ?? {};
		if (back === 'nothing') return;
		if (back === 'throws') fail(new Error('the sender broke'));
		else answer({ reply: isFailure(back) ? back : back(reply), requests });
	}

	private later(act: () => void): void {
		this.clock.after(this.delay(), act);
	}

	private delay(): number {
		const { delays } = this.weather;
		return delays[this.steps++ % delays.length] ?? 1;
	}
}

function received(
	{ method, path: pathAndQuery, body = '' }: Request,
	authorization: string,
	at: number,
): ReceivedRequest {
	const [path = '', query = ''] = pathAndQuery.split('?');
	return { kind: kindOf(path), at, method, path, query, headers: { authorization }, body };
}
