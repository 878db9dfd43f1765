import { THROTTLE_WORDS, throttleReply, type ThrottleShape } from './throttleFilter';

const read = (shape: ThrottleShape, word: (typeof THROTTLE_WORDS)[number]) => {
	const { status, body } = throttleReply(shape, word, 'Too much.');
	return [status, JSON.parse(body)];
};

describe('the throttle filter', () => {
	it.each(THROTTLE_WORDS)('says %s in every shape that was seen', (word) => {
		const title = { error: { status_code: 400, title: word, details: { message: 'Too much.' } } };
		expect(read('throttle400', word)).toEqual([400, title]);
		expect(read('throttle200', word)).toEqual([200, title]);
		const message = { code: 'INTERNAL_ERROR', message: word };
		expect(read('internalError400', word)).toEqual([400, message]);
		expect(read('internalError200', word)).toEqual([200, message]);
		expect(read('internalError429', word)).toEqual([429, message]);
		const cause = word === 'HIP_REQUIRED' ? 'hip_required' : 'throttles_limit_exceeded';
		const caused = { status_code: 400, cause, localized_message: 'Too much.' };
		expect(read('cause400', word)).toEqual([400, caused]);
		expect(read('cause200', word)).toEqual([200, caused]);
	});
});
