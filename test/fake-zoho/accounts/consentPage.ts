import { escapeMarkup, html, type Reply } from '../reply';
import { scopeList } from './scopes';

export const NO_CAMPAIGNS_ORG = 'You are not a part of any Campaigns service orgs';

/** The page that asks the user, by a form that goes back to the same URL. */
export function consentPage(rawQuery: string, scope: string): Reply {
	const asked = scopeList(scope).map((name) => `<li>${escapeMarkup(name)}</li>`);
	return html(
		200,
		`<h1>Would like to access the following information</h1><ul>${asked.join('')}</ul>
<form method="post" action="/oauth/v2/auth?${escapeMarkup(rawQuery)}">
<button id="accept" name="decision" value="accept">Accept</button>
<button id="reject" name="decision" value="reject">Reject</button>
</form>`,
	);
}
