// PyTorch's Linux wheel is linked against 2.4 GB of CUDA libraries that a computation on the CPU never calls. Empty
// libraries of the same names let it load; their functions are looked up when called, and never are (see
// pytorch_methods.py). Uses Node alone.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The libraries that the pinned PyTorch asks for, but for libcudart, which it calls while it loads. */
export const STAND_INS = [
  ...['libcublas.so.13', 'libcublasLt.so.13', 'libcudnn.so.9', 'libcufft.so.12', 'libcufile.so.0'],
  ...['libcupti.so.13', 'libcusparse.so.12', 'libcusparseLt.so.0', 'libnccl.so.2', 'libnvrtc.so.13'],
  'libnvshmem_host.so.3',
];
/** The one variable among all their functions; variables are looked up at once. */
const SOURCE = 'extern "C" long nvshmem_selected_device_transport[64] = {0};\n';
const VERSIONS = 'NVSHMEM { *; };\n';

/**
 * Puts the stand-ins where PyTorch looks for its CUDA libraries.
 * @param {string} venv
 * @param {(program: string, args: string[]) => Promise<unknown>} run
 */
export async function makeCudaStandIns(venv, run) {
  if (process.platform !== 'linux') return;
  const [python] = readdirSync(join(venv, 'lib'));
  const folder = join(venv, 'lib', python, 'site-packages', 'nvidia', 'cu13', 'lib');
  const [source, versions] = [join(folder, 'stand_in.cpp'), join(folder, 'stand_in.map')];
  mkdirSync(folder, { recursive: true });
  writeFileSync(source, SOURCE);
  writeFileSync(versions, VERSIONS);
  const [compiler, ...flags] = (process.env.CXX ?? 'g++').split(' ').filter(Boolean);
  for (const name of STAND_INS) {
    const link = ['-shared', '-fPIC', '-nostdlib', `-Wl,-soname,${name}`, `-Wl,--version-script,${versions}`];
    await run(compiler, [...flags, ...link, '-o', join(folder, name), source]);
  }
  rmSync(source);
  rmSync(versions);
}
