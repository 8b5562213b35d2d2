package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.pipelines.options.CommonOptions;
import dev.rlmbeam.pipelines.options.LocalSandboxOptions;
import dev.rlmbeam.pipelines.options.OptionGroup;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** What and how much {@code rlm bench} measures. */
public interface BenchOptions extends LocalSandboxOptions, CommonOptions {
  @OptionGroup.In(value = OptionGroup.COMMAND, place = 1)
  @Description("Fewer rounds of what is slow and no context of 1 GB: one or two minutes in all.")
  @Default.Boolean(false)
  boolean getQuick();

  void setQuick(boolean value);

  @OptionGroup.In(value = OptionGroup.COMMAND, sample = "KEY,KEY", place = 2)
  @Description("Keys of the figures to measure, with commas between. Default: all.")
  @Nullable String getOnly();

  void setOnly(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.COMMAND, place = 3)
  @Description("One JSON object on stdout in place of the table.")
  @Default.Boolean(false)
  boolean getJson();

  void setJson(boolean value);
}
