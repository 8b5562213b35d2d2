package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** What a cluster of Flink on this machine is to be like. */
public interface FlinkClusterOptions extends CommonOptions {

  @OptionGroup.In(value = OptionGroup.CLUSTER, sample = "COUNT", place = 1)
  @Description("Processes that work.")
  @Default.Integer(2)
  int getTaskManagers();

  void setTaskManagers(int value);

  @OptionGroup.In(value = OptionGroup.CLUSTER, sample = "COUNT", place = 2)
  @Description("Subtasks that each of them takes. Few are enough: elements in flight are more.")
  @Default.Integer(4)
  int getSlots();

  void setSlots(int value);

  @OptionGroup.In(value = OptionGroup.CLUSTER, sample = "PORT", place = 3)
  @Description("Port of the page and of the REST interface, on 127.0.0.1. 0 for any that is free.")
  @Default.Integer(8081)
  int getRestPort();

  void setRestPort(int value);

  @OptionGroup.In(value = OptionGroup.CLUSTER, sample = "MIB", place = 4)
  @Description("Heap of each task manager.")
  @Default.Integer(768)
  int getTaskManagerHeapMib();

  void setTaskManagerHeapMib(int value);

  @OptionGroup.In(value = OptionGroup.CLUSTER, sample = "MIB", place = 5)
  @Description("Heap of the job manager.")
  @Default.Integer(512)
  int getJobManagerHeapMib();

  void setJobManagerHeapMib(int value);

  @OptionGroup.In(value = OptionGroup.CLUSTER, sample = "MIB", place = 6)
  @Description("Memory of each task manager for sorting, outside its heap.")
  @Default.Integer(128)
  int getManagedMib();

  void setManagedMib(int value);

  @OptionGroup.In(value = OptionGroup.CLUSTER, sample = "MIB", place = 7)
  @Description(
      "Memory of each task manager for what travels between subtasks. 0 for 64 a slot, and 256 at"
          + " least.")
  @Default.Integer(0)
  int getNetworkMib();

  void setNetworkMib(int value);

  @OptionGroup.In(value = OptionGroup.COMMAND, sample = "FOLDER", place = 1)
  @Description("Where the cluster keeps its configuration, its logs and what runs.")
  @Default.String(".flink")
  String getFolder();

  void setFolder(String value);

  @OptionGroup.In(value = OptionGroup.COMMAND, place = 2)
  @Description("Print what runs as one line of JSON.")
  @Default.Boolean(false)
  boolean getJson();

  void setJson(boolean value);
}
