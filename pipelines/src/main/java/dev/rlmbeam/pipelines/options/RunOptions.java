package dev.rlmbeam.pipelines.options;

import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** What every command takes that runs elements: where it writes, where its settings come from. */
public interface RunOptions extends RlmOptions, ConfiguredOptions, CommonOptions {

  @OptionGroup.In(value = OptionGroup.OUTPUT, sample = "FOLDER", place = 1)
  @Description(
      "Folder for everything the run writes; {time} in it becomes the time of its start. Default:"
          + " runs/TIME-INPUT.")
  @Nullable String getOutput();

  void setOutput(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.OUTPUT, place = 2)
  @Description("Replace an earlier run in the output folder.")
  @Default.Boolean(false)
  boolean getOverwrite();

  void setOverwrite(boolean value);

  @OptionGroup.In(value = OptionGroup.OUTPUT, sample = "files|packed|none")
  @Description(
      "How trajectories are kept. files: one an element; packed: rolling files; none."
          + " Default: files on the Direct runner, packed elsewhere.")
  @Nullable String getTrajectories();

  void setTrajectories(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.COMMAND, place = 4, rare = true)
  @Description(
      "Wait for the end of the run. With false a run on a cluster goes on by itself: the launcher"
          + " ends when it is submitted, and summary.json in the output says when it is over.")
  @Default.Boolean(true)
  boolean getAttached();

  void setAttached(boolean value);

  @OptionGroup.In(value = OptionGroup.COMMAND, sample = "gs,s3,hdfs", place = 5, rare = true)
  @Description(
      "File systems that are added to this run, built on first use. For input, output and contexts"
          + " on gs://, s3:// or hdfs://.")
  @Nullable List<String> getAddOns();

  void setAddOns(@Nullable List<String> value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "N", place = 8, rare = true)
  @Description(
      "Sandboxes that the account may have at a time. A run whose workers could want more together"
          + " is refused before it begins. 0 for no such limit.")
  @Default.Integer(0)
  int getSandboxQuota();

  void setSandboxQuota(int value);

  @OptionGroup.In(value = OptionGroup.COMMAND, place = 2)
  @Description(
      "Show what would run, and run nothing. Settings and where each comes from, the graph,"
          + " the first prompts, sizes of contexts: no model is called and no sandbox opened.")
  @Default.Boolean(false)
  boolean getExplain();

  void setExplain(boolean value);

  @OptionGroup.In(value = OptionGroup.COMMAND, place = 3)
  @Description(
      "Check everything and answer nothing. Options, the first 1000 rows, one short call to each"
          + " model, one sandbox opened and closed. Ends with 3 where bad rows would end the run so.")
  @Default.Boolean(false)
  boolean getDryRun();

  void setDryRun(boolean value);
}
