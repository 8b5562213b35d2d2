package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** How much of a run is shown. */
public interface ShowOptions extends CommonOptions {

  @OptionGroup.In(value = OptionGroup.OUTPUT, place = 1)
  @Description("Show all of each turn. Without it long code, output and replies are cut.")
  @Default.Boolean(false)
  boolean getFull();

  void setFull(boolean value);

  @OptionGroup.In(value = OptionGroup.OUTPUT, sample = "FILE", place = 2)
  @Description(
      "Write the element's trajectory into this file, for the reference's visualizer. Its name has to"
          + " end in .jsonl.")
  @Nullable String getVisualizer();

  void setVisualizer(@Nullable String value);
}
