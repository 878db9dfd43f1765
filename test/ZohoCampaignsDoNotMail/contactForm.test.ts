import { ContactForm } from '../../nodes/ZohoCampaignsDoNotMail/contactForm';
import type { Moved } from '../../nodes/ZohoCampaignsDoNotMail/reply';
import { failure, type Failure } from '../../nodes/zoho/failures';

const EMAIL = 'a@example.com';
/** In this form it would add a field of its own. */
const ODD = '"odd;name:x"@example.com';

const MOVED: Moved = { status: 'moved', code: '0', message: 'Moved' };
const ALREADY = failure('alreadyInDoNotMail', { code: '0', message: 'Already there' });
const DOWN = failure('serverError', { code: '500', message: 'Down' });
const unread = (code = '2004'): Failure => failure('invalidEmail', { code, message: 'Not read' });

/** An address goes in both forms, and is refused in both. */
function refuseBoth(form: ContactForm): void {
	expect(form.learn(EMAIL, 'quoted', unread())).toBe('unquoted');
	expect(form.learn(EMAIL, 'unquoted', unread())).toBeUndefined();
}

describe('while nobody knows which form this Zoho takes', () => {
	it('addresses go one at a time, quoted first', () => {
		const form = new ContactForm('json');

		expect(form.isOpen).toBe(true);
		expect(form.formFor(EMAIL)).toBe('quoted');
	});

	it.each(['903', '2004'])(
		'an address that could not be read goes again unquoted: it would be lost (%s)',
		(code) => {
			expect(new ContactForm('json').learn(EMAIL, 'quoted', unread(code))).toBe('unquoted');
		},
	);

	it.each([MOVED, ALREADY])(
		'an answer about the address tells that its form is right',
		(answer) => {
			const form = new ContactForm('json');
			form.learn(EMAIL, 'unquoted', answer);

			expect(form.isOpen).toBe(false);
			expect(form.formFor(EMAIL)).toBe('unquoted');
		},
	);

	it('a failure of another kind tells nothing, so the search goes on', () => {
		const form = new ContactForm('json');

		expect(form.learn(EMAIL, 'unquoted', DOWN)).toBeUndefined();
		expect(form.isOpen).toBe(true);
		expect(form.formFor(EMAIL)).toBe('quoted');
	});

	it('three addresses that are refused in both forms end the search: the list is not held back', () => {
		const form = new ContactForm('json');
		refuseBoth(form);
		refuseBoth(form);
		expect(form.isOpen).toBe(true);
		refuseBoth(form);
		expect(form.isOpen).toBe(false);
	});

	it('an address that fits one form only is not sent in the other', () => {
		const form = new ContactForm('json');

		expect(form.learn(ODD, 'quoted', unread())).toBeUndefined();
	});
});

describe('once the form is known', () => {
	function knowing(known: 'quoted' | 'unquoted'): ContactForm {
		const form = new ContactForm('json');
		form.learn(EMAIL, known, MOVED);
		return form;
	}

	it('an address that is refused in it has cost its only call', () => {
		expect(knowing('quoted').learn(EMAIL, 'quoted', unread())).toBeUndefined();
		expect(knowing('unquoted').learn(EMAIL, 'unquoted', unread())).toBeUndefined();
	});

	it('an address that was under way in the other one goes again', () => {
		expect(knowing('unquoted').learn(EMAIL, 'quoted', unread())).toBe('unquoted');
	});

	it.each([MOVED, ALREADY])('an answer to the other one changes nothing', (answer) => {
		const form = knowing('unquoted');
		form.learn(ODD, 'quoted', answer);

		expect(form.formFor(EMAIL)).toBe('unquoted');
		expect(form.formFor(ODD)).toBe('quoted');
	});
});

describe('in XML, which has one form', () => {
	it('addresses go side by side from the beginning, and none goes twice', () => {
		const form = new ContactForm('xml');

		expect(form.isOpen).toBe(false);
		expect(form.learn(EMAIL, 'quoted', unread())).toBeUndefined();
	});
});
