/** The same object with some of its methods replaced, for a test that wants one of them to fail or to be seen. */
export function overriding<Table extends object>(table: Table, changes: Partial<Table>): Table {
  return new Proxy(table, {
    get(target, name) {
      const value: unknown = Reflect.get(name in changes ? changes : target, name);
      return value;
    },
  });
}
