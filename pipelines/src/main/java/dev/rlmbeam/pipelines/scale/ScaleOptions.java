package dev.rlmbeam.pipelines.scale;

import dev.rlmbeam.pipelines.options.CommonOptions;
import dev.rlmbeam.pipelines.options.OptionGroup;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** The run that {@code rlm scale} foresees: how large it is, and who works on it. */
public interface ScaleOptions extends ScaleModelOptions, ScaleSandboxOptions, CommonOptions {
  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 1)
  @Description("Elements of the run, 1 to 1000000000000.")
  @Default.Long(10_000_000)
  long getElements();

  void setElements(long value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 2)
  @Description("Workers, such as task managers on Flink; 1 to 10000.")
  @Default.Integer(100)
  int getWorkers();

  void setWorkers(int value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "CORES", place = 3)
  @Description("Processor cores of a worker, 0.1 to 1024.")
  @Default.Double(4)
  double getCores();

  void setCores(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, place = 4)
  @Description("All workers are on one machine and share its --cores.")
  @Default.Boolean(false)
  boolean getSharedCores();

  void setSharedCores(boolean value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 5)
  @Description("Elements under way at a time in each of the workers, 1 to 10000.")
  @Default.Integer(64)
  int getMaxInFlight();

  void setMaxInFlight(int value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "SHARE", place = 6)
  @Description("Share of the elements that are begun a second time, 0 to 1.")
  @Default.Double(0)
  double getRepeated();

  void setRepeated(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "SECONDS", place = 50)
  @Description(
      "Processor seconds of an element on its worker's machine, turns not counted; 0 to 1000."
          + " Default: as measured (docs/scaling.md).")
  @Default.Double(-1)
  double getElementCpu();

  void setElementCpu(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "SECONDS", place = 51)
  @Description("The same of each turn. Default: as measured.")
  @Default.Double(-1)
  double getTurnCpu();

  void setTurnCpu(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "SECONDS", place = 52)
  @Description("The same of each call of the sub-model. Default: as measured.")
  @Default.Double(-1)
  double getSubCallCpu();

  void setSubCallCpu(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "USD", place = 53)
  @Description("Price of a worker's hour. 0 if it is not known or costs nothing.")
  @Default.Double(0)
  double getWorkerUsd();

  void setWorkerUsd(double value);

  @OptionGroup.In(value = OptionGroup.SCALE, sample = "N", place = 60, rare = true)
  @Description("Seed of the dice that say how long a call takes.")
  @Default.Long(1)
  long getSeed();

  void setSeed(long value);

  @OptionGroup.In(value = OptionGroup.SCALE, place = 61)
  @Description("One JSON object on stdout in place of the table of the forecast.")
  @Default.Boolean(false)
  boolean getJson();

  void setJson(boolean value);
}
