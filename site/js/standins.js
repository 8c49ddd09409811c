// What Python holds on to of PyScript's modules in the memory image: there are stand-ins, which are known by name
// (export/publish/image/pyscript.mjs), and stand here for what PyScript registers later.

export class StandIns {
  /** @type {Map<string, Object<string, any>>} */
  #modules = new Map();

  /**
   * What stands for a module (`polyscript`) or for a member of it (`polyscript.storage`).
   * @param {string} name
   */
  get(name) {
    const [module, member] = name.split(".");
    const real = () => this.#modules.get(module) ?? {};
    return standIn(member ? () => real()[member] ?? {} : real);
  }

  /**
   * `registerJsModule`, also heard by the stand-ins.
   * @typedef {(name: string, module: object) => void} Register
   * @param {Register} registerJsModule
   * @returns {Register}
   */
  registering(registerJsModule) {
    return (name, module) => {
      this.#modules.set(name, module);
      registerJsModule(name, module);
    };
  }
}

/** @param {() => any} real */
function standIn(real) {
  return new Proxy(function () {}, {
    apply: (_target, _this, values) => real()(...values),
    get: (_target, key) => Reflect.get(real(), key),
    has: (_target, key) => Reflect.has(real(), key),
  });
}
