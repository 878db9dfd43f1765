import type { ServerResponse } from 'node:http';
import type { Fault } from './faults';
import { html, json, type Reply } from './reply';
import type { ReceivedRequest } from './requests';

/** Stands for the reply of a call whose work was not done, where a fault cuts it. */
export const UNDONE = json(200, { data: [], message: 'never finished' });

/** Sends a reply, or what a fault makes of it. */
export function send(
	request: ReceivedRequest,
	response: ServerResponse,
	reply: Reply,
	fault: Fault | undefined,
): void {
	if (response.destroyed) return;
	if (fault !== undefined && 'hang' in fault) return;
	if (fault !== undefined && 'reset' in fault) {
		response.socket?.resetAndDestroy();
		return;
	}
	const { status, headers, body } = fault === undefined ? reply : spoiled(reply, fault);
	const bytes = Buffer.from(body);
	request.status = status;
	const isEndless = fault !== undefined && 'drip' in fault && fault.drip.endless === true;
	response.writeHead(status, { ...headers, ...(!isEndless && { 'content-length': bytes.length }) });
	if (fault !== undefined && 'cutBody' in fault) {
		const half = bytes.subarray(0, Math.floor(bytes.length / 2));
		response.write(half, () => response.destroy());
	} else if (fault !== undefined && 'drip' in fault) {
		drip(response, bytes, fault.drip);
	} else {
		response.end(bytes);
	}
}

function drip(
	response: ServerResponse,
	body: Buffer,
	{ bytes, everyMs, endless = false }: { bytes: number; everyMs: number; endless?: boolean },
): void {
	let sent = 0;
	const timer = setInterval(() => {
		const isOver = sent >= body.length;
		response.write(isOver ? Buffer.alloc(bytes, ' ') : body.subarray(sent, sent + bytes));
		sent += bytes;
		if (sent < body.length || endless) return;
		clearInterval(timer);
		response.end();
	}, everyMs);
	response.once('close', () => clearInterval(timer));
	response.flushHeaders();
}

function spoiled(reply: Reply, fault: Fault): Reply {
	if ('status' in fault) {
		const { status, headers = {}, body = '' } = fault;
		return { status, headers: { 'content-type': 'application/json', ...headers }, body };
	}
	if ('cutJson' in fault) {
		return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
	}
	if ('megabytes' in fault) return { ...reply, body: swollen(reply.body, fault.megabytes) };
	if ('html' in fault) return html(fault.html, '<h1>Bad Gateway</h1>');
	if ('redirect' in fault) return { status: 302, headers: { location: fault.redirect }, body: '' };
	if ('emptyBody' in fault) return { status: fault.emptyBody, headers: {}, body: '' };
	return reply;
}

/** The same JSON object or XML reply with so many million bytes of small parts put in front. */
function swollen(body: string, megabytes: number): string {
	const many = (part: string) => part.repeat(Math.ceil((megabytes * 1_000_000) / part.length));
	const filler = 'x'.repeat(80);
	return body.startsWith('{')
		? body.replace('{', `{"padding":[${many(`"${filler}",`)}""],`)
		: body.replace(/<response[^>]*>/, (tag) => tag + many(`<padding>${filler}</padding>`));
}
