// Enhance a stream on a device: 16-bit samples of one channel, from stdin to stdout.
//
//   arecord -t raw -f S16_LE -r 16000 | ./enhance segan.tflite | aplay -t raw -f S16_LE -r 16000
//
// The model is one signature, `step`, of fixed shapes: a block of samples and what it remembers of
// the past go in, an enhanced block and what to remember come out. An output that is to be
// remembered has the name of the input that it becomes.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "litert/c/litert_common.h"
#include "litert/c/litert_compiled_model.h"
#include "litert/c/litert_environment.h"
#include "litert/c/litert_model.h"
#include "litert/c/litert_options.h"
#include "litert/c/litert_tensor_buffer.h"

namespace {

[[noreturn]] void Fail(const std::string& message) {
  std::fprintf(stderr, "enhance: %s\n", message.c_str());
  std::exit(1);
}

void Check(LiteRtStatus status, const char* action) {
  if (status == kLiteRtStatusOk) return;
  Fail("cannot " + std::string(action) + ", LiteRT status " + std::to_string(status));
}

// A tensor that goes into the model or comes out of it.
struct Tensor {
  LiteRtTensorBuffer buffer = nullptr;
  float* values = nullptr;
  size_t num_values = 1;
};

Tensor MakeTensor(LiteRtEnvironment environment, LiteRtTensor tensor) {
  LiteRtRankedTensorType type;
  Check(LiteRtGetRankedTensorType(tensor, &type), "read a shape");
  Tensor made;
  for (unsigned axis = 0; axis < type.layout.rank; ++axis) {
    if (type.layout.dimensions[axis] < 0) Fail("the shapes are open; export with --fixed 1");
    made.num_values *= type.layout.dimensions[axis];
  }
  const LiteRtStatus status =
      LiteRtCreateManagedTensorBuffer(environment, kLiteRtTensorBufferTypeHostMemory, &type,
                                      made.num_values * sizeof(float), &made.buffer);
  Check(status, "make a buffer");
  void* memory = nullptr;
  Check(LiteRtGetTensorBufferHostMemory(made.buffer, &memory), "reach a buffer");
  made.values = static_cast<float*>(memory);
  std::fill_n(made.values, made.num_values, 0.0f);  // the past is silent at first
  return made;
}

// By how many samples the output is late, as the text behind the model says.
size_t LatencySamples(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  const std::string key = "\"latency_samples\": ";
  const size_t place = content.rfind(key);
  if (place == std::string::npos) Fail(path + ": not an exported causal enhancer");
  return std::strtoul(content.c_str() + place + key.size(), nullptr, 10);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) Fail("give one model: enhance segan.tflite < noisy.raw > clean.raw");
  size_t num_late = LatencySamples(argv[1]);

  LiteRtEnvironment environment = nullptr;
  LiteRtModel model = nullptr;
  LiteRtOptions options = nullptr;
  LiteRtCompiledModel compiled = nullptr;
  LiteRtSignature step = nullptr;
  Check(LiteRtCreateEnvironment(0, nullptr, &environment), "start LiteRT");
  Check(LiteRtCreateModelFromFile(environment, argv[1], &model), "open the model");
  Check(LiteRtGetModelSignature(model, 0, &step), "find the signature");
  Check(LiteRtCreateOptions(&options), "make options");
  Check(LiteRtSetOptionsHardwareAccelerators(options, kLiteRtHwAcceleratorCpu), "choose the CPU");
  Check(LiteRtCreateCompiledModel(environment, model, options, &compiled), "compile the model");

  std::map<std::string, Tensor> in, out;
  std::vector<LiteRtTensorBuffer> inputs, outputs;
  LiteRtParamIndex num_inputs = 0, num_outputs = 0;
  LiteRtTensor tensor = nullptr;
  const char* name = nullptr;
  Check(LiteRtGetNumSignatureInputs(step, &num_inputs), "count inputs");
  for (LiteRtParamIndex index = 0; index < num_inputs; ++index) {
    Check(LiteRtGetSignatureInputName(step, index, &name), "name an input");
    Check(LiteRtGetSignatureInputTensorByIndex(step, index, &tensor), "find an input");
    in[name] = MakeTensor(environment, tensor);
    inputs.push_back(in[name].buffer);
  }
  Check(LiteRtGetNumSignatureOutputs(step, &num_outputs), "count outputs");
  for (LiteRtParamIndex index = 0; index < num_outputs; ++index) {
    Check(LiteRtGetSignatureOutputName(step, index, &name), "name an output");
    Check(LiteRtGetSignatureOutputTensorByIndex(step, index, &tensor), "find an output");
    out[name] = MakeTensor(environment, tensor);
    outputs.push_back(out[name].buffer);
  }
  if (!in.count("blocks") || !out.count("enhanced")) Fail("the model has no step for streams");

  const Tensor blocks = in["blocks"], enhanced = out["enhanced"];
  const size_t hop = blocks.num_values;
  std::vector<int16_t> samples(hop);
  for (size_t num_due = 0, num_read = hop; num_read == hop || num_due > 0;) {
    num_read = num_read == hop ? std::fread(samples.data(), sizeof(int16_t), hop, stdin) : 0;
    num_due += num_read;
    if (num_due == 0) break;
    // Silence behind the end brings out what is late.
    std::fill(samples.begin() + num_read, samples.end(), 0);
    std::transform(samples.begin(), samples.end(), blocks.values,
                   [](int16_t sample) { return sample / 32768.0f; });
    const LiteRtStatus status = LiteRtRunCompiledModel(
        compiled, 0, inputs.size(), inputs.data(), outputs.size(), outputs.data());
    Check(status, "run a step");
    for (const auto& [key, output] : out) {
      if (in.count(key)) std::copy_n(output.values, output.num_values, in[key].values);
    }
    const size_t start = std::min(num_late, hop), size = std::min(hop - start, num_due);
    num_late -= start;
    num_due -= size;
    std::transform(enhanced.values + start, enhanced.values + start + size, samples.begin(),
                   [](float value) {
                     value = std::nearbyint(value * 32768.0f);
                     return static_cast<int16_t>(std::clamp(value, -32768.0f, 32767.0f));
                   });
    if (std::fwrite(samples.data(), sizeof(int16_t), size, stdout) != size) Fail("cannot write");
    std::fflush(stdout);
  }
}
