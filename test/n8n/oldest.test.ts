import { mainConnection } from '../../nodes/n8n/oldest';

// What a package finds there in n8n before 1.85.
jest.mock('n8n-workflow', () => ({}));

it('says to n8n before 1.85, which has no such connection types, what it needs', () => {
	expect(mainConnection).toThrow('needs n8n 1.85 or newer');
});
