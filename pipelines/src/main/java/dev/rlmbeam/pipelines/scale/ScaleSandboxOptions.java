package dev.rlmbeam.pipelines.scale;

import dev.rlmbeam.pipelines.options.OptionGroup;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** The sandboxes of a run that is foreseen. */
public interface ScaleSandboxOptions extends PipelineOptions {
  @OptionGroup.In(value = OptionGroup.SCALE, sample = "local|modal", place = 30)
  @Description(
      "Whether sandboxes cost the worker's processors. local: they do; modal: they do not.")
  @Default.String("local")
  String getSandbox();

  void setSandbox(String value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "TIME", place = 31)
  @Description("How long a sandbox takes to be ready. Default: 0.3s, and 5s with --sandbox=modal.")
  @Nullable String getSandboxOpening();

  void setSandboxOpening(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "TIME", place = 32)
  @Description(
      "There and back between worker and sandbox. Default: 0, and 40ms with --sandbox=modal.")
  @Nullable String getRoundTrip();

  void setRoundTrip(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 33)
  @Description("Sessions at a time in each of the sandboxes, 1 to 1000.")
  @Default.Integer(8)
  int getSessionsPerSandbox();

  void setSessionsPerSandbox(int value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 34)
  @Description("New sandboxes a second that each worker asks for, 0.001 to 10000.")
  @Default.Double(5)
  double getSandboxCreatesPerSecond();

  void setSandboxCreatesPerSecond(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 35)
  @Description("Sandboxes that all workers together may have at a time. 0 for no such limit.")
  @Default.Integer(0)
  int getSandboxQuota();

  void setSandboxQuota(int value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "FILE", place = 36)
  @Description("What sandboxes cost, in YAML (docs/modal.md). Default: not known.")
  @Nullable String getSandboxPrices();

  void setSandboxPrices(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "CORES", place = 37)
  @Description("Physical cores of a sandbox that are paid, 0.125 to 64. 0 for Modal's default.")
  @Default.Double(0)
  double getSandboxCpu();

  void setSandboxCpu(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "MIB", place = 38)
  @Description("Memory of a sandbox that is paid, 128 to 344064. 0 for Modal's default.")
  @Default.Integer(0)
  int getSandboxMemoryMib();

  void setSandboxMemoryMib(int value);
}
