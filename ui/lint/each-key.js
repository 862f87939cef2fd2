// A lint rule: what an `{#each}` may be keyed by, so that two things of one name never take a page away.

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'Keys of {#each} are the index, or come from keyed()' },
    schema: [],
    messages: {
      foreign:
        'Two items with one key take the whole page away. Key by the index, or by `{#each keyed(items, …) as { key, item } (key)}`; where the names are ours, disable this rule with the reason.',
    },
  },
  create(context) {
    return {
      SvelteEachBlock(node) {
        const { key, index, expression, context: each } = node;
        if (!key || (key.type === 'Identifier' && key.name === index?.name)) return;
        const made = expression.type === 'CallExpression' && expression.callee.name === 'keyed';
        // Items of a VirtualList say which of all items they are.
        const drawn = expression.type === 'MemberExpression' && expression.property.name === 'items';
        const own = each?.type === 'ObjectPattern' && key.name === (made ? 'key' : drawn && 'index');
        if (!own) context.report({ node: key, messageId: 'foreign' });
      },
    };
  },
};
