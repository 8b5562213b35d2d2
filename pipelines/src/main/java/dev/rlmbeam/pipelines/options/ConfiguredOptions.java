package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** What every command takes whose options may stand in a file. */
public interface ConfiguredOptions extends PipelineOptions {

  @OptionGroup.In(value = OptionGroup.COMMAND, sample = "FILE", place = 1)
  @Description(
      "YAML file with options, as name: value. The command line wins over it, and the same"
          + " file works on every runner.")
  @Nullable String getConfig();

  void setConfig(@Nullable String value);
}
