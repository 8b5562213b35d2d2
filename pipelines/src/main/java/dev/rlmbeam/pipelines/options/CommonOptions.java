package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** What every subcommand takes. */
public interface CommonOptions extends PipelineOptions {

  @OptionGroup.In(value = OptionGroup.COMMAND, place = 99, rare = true)
  @Description("Print the stack trace of an error too.")
  @Default.Boolean(false)
  boolean getStacktrace();

  void setStacktrace(boolean value);
}
