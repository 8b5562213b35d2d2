package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** How one question is asked. */
public interface AskOptions extends RunOptions {

  @OptionGroup.In(value = OptionGroup.OUTPUT, place = 3)
  @Description("One JSON object on stdout in place of the turns and the answer.")
  @Default.Boolean(false)
  boolean getJson();

  void setJson(boolean value);

  @OptionGroup.In(value = OptionGroup.OUTPUT, place = 4)
  @Description("Show all of each turn. Without it long code, output and replies are cut.")
  @Default.Boolean(false)
  boolean getFull();

  void setFull(boolean value);
}
