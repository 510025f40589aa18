// JSON of stock tools: what comes of each shape.
#include "server/formats/json_tools.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

std::string read_as_text(std::string_view text) {
  parsed into;
  switch (read_json(text, {}, into, text)) {
    case json_result::nothing:
      return "nothing";
    case json_result::invalid:
      return "invalid";
    case json_result::read:
      break;
  }
  return shown(into);
}

TEST(json_tools, read_what_stock_tools_send) {
  for (const auto& [text, wanted] : {
           line_case{R"({"key":"t","value":1})", "t=1"},
           {R"({"value":12.5,"ts":1795286214.000,"key":"temp","host":"vm"})", "temp,host=vm=12.5@1795286214000"},
           {R"({"ts":"2026-11-21T18:33:35.470369+00:00","key":"temp","host":"vm","value":"12.5",)"
            R"("msg":" reading 12.5"})",
            "temp,host=vm=12.5@1795286015470"},
           {R"({"fields":{"usage_idle":83.1,"usage_user":12.5,"x":"20:13"},"name":"cpu",)"
            R"("tags":{"cpu":"all","host":"a"},"timestamp":1795286073})",
            "cpu_usage_idle,cpu=all,host=a=83.1@1795286073000 cpu_usage_user,cpu=all,host=a=12.5@1795286073000"},
           {R"({"metrics":[{"fields":{"value":1},"name":"a","tags":{},)"
            R"("timestamp":1795286073}]})",
            "a=1@1795286073000"},
           {R"({"prefix":"netdata","hostname":"w","labels":{},"chart_id":"system.cpu",)"
            R"("chart_name":"system.cpu","units":"percentage","id":"user","name":"user","value":12.5,)"
            R"("timestamp":1795286073})",
            "system.cpu.user,host=w=12.5@1795286073000"},
           {R"({"metric":"sys.cpu","timestamp":1795286073,"value":18,"tags":{"host":"web01"}})",
            "sys.cpu,host=web01=18@1795286073000"},
           {R"({"gauge":{"value":12.5},"kind":"absolute","name":"cpu_usage","namespace":"host",)"
            R"("tags":{"host":"web01"},"timestamp":"2026-11-21T18:34:33.221Z"})",
            "host_cpu_usage,host=web01=12.5@1795286073221"},
           {R"({"counter":{"value":40},"kind":"absolute","name":"hits"})", "hits=40+"},
           {R"({"entity_id":"s.attic","state":"21.5","last_updated":"2026-11-21T18:34:33.221+00:00","attributes":{}})",
            "s.attic=21.5@1795286073221"},
           {R"({"__REALTIME_TIMESTAMP":"1795286073221000","MESSAGE":"12.5","_HOSTNAME":"vm","SYSLOG_IDENTIFIER":"app",)"
            R"("PRIORITY":"6"})",
            "app,host=vm=12.5@1795286073221"},
           {R"({"series":[{"metric":"a.b","points":[[1795286073,1.5],[1795286074,2]],"host":"h"}]})",
            "a.b,host=h=1.5@1795286073000 a.b,host=h=2@1795286074000"},
           {R"([{"target":"a.b","datapoints":[[1.5,1795286073],[null,1795286074]]}])", "a.b=1.5@1795286073000"},
           {R"({"time":"2026-11-21T18:34:33Z","model":"Acurite","temperature_C":21.5})",
            "temperature_C,model=Acurite=21.5@1795286073000"},
           {R"({"deviceInfo":{"deviceName":"s1"},"time":"2026-11-21T18:34:33Z","object":{"temp":21.5}})",
            "object.temp,deviceName=s1=21.5@1795286073000"},
           {R"({"date":1795286073.25,"cpu_p":12.5,)"
            R"("user_p":8})",
            "cpu_p=12.5@1795286073250 user_p=8@1795286073250"},
           {R"({"tst":"2026-11-21T18:34:33.823795Z+0000","topic":"plant/boiler/temp","qos":0,"retain":0,)"
            R"("payloadlen":4,"payload":21.5})",
            "plant/boiler/temp=21.5@1795286073823"},
           {R"({"topic":"plant/boiler","payload":{"value":21.5}})", "plant/boiler=21.5"},
           {R"({"topic":"plant/boiler","payload":{"temp":21.5,"on":true}})", "plant/boiler.temp=21.5"},
           {R"({"topic":"plant/boiler","payload":"{\"temp\":21.5}"})", "plant/boiler.temp=21.5"},
           {R"({"topic":"plant/boiler","payload":"21.5"})", "plant/boiler=21.5"},
           {R"({"name":"iSpindel","angle":45.25,"temp_units":"C","gravity":12.5})",
            "iSpindel.angle=45.25 iSpindel.gravity=12.5"},
           {R"({"timestamp":1795286073221,"values":[{"id":"C.Temp","v":12.5,"q":true,"t":1795286073000}]})",
            "C.Temp=12.5@1795286073000"},
           {R"([{"stream":"x","value":1.5},{"stream":"y","values":{"a":1,"b":2}}])", "x=1.5 y{a=1,b=2}"},
           {R"({"values":[1.5,null],"dstypes":["gauge","gauge"],"dsnames":["a","value"],)"
            R"("time":1795286073.221,"interval":1,"host":"w","plugin":"load","plugin_instance":"",)"
            R"("type":"load","type_instance":"x"})",
            "load.load.x.a,host=w=1.5@1795286073221"},
           {R"({"host":"web01","message":"{\"key\":\"temp\",\"value\":21.5}","source_type":"stdin",)"
            R"("timestamp":"2026-11-21T18:34:33.221Z"})",
            "temp,host=web01=21.5@1795286073221"},
           {R"({"Time":"2026-11-21T18:34:33Z","ENERGY":{"Power":12.5,"Period":3},"TempUnit":"C"})",
            "ENERGY.Power=12.5@1795286073000 ENERGY.Period=3@1795286073000"},
           {R"({"metric":{"__name__":"up","job":"x"},"value":[1795286073.5,"1"]})", "up,job=x=1@1795286073500"},
           {R"([{"bn":"urn:x:","n":"voltage","u":"V","v":120.1},{"n":"current","t":-5,"v":1.2}])",
            "voltage=120.1 current=1.2"},
           {R"({"t":21.5,"h":40})", "t=21.5 h=40"},
           {R"({"id":17,"value":3})", "17=3"},
           {R"({"value":3})", "default=3"},
       }) {
    EXPECT_EQ(read_as_text(text), wanted) << text;
  }
}

TEST(json_tools, never_make_a_number_of_what_is_none) {
  for (
      const auto& [text, wanted] : {
          line_case{R"({"key":"t","value":null})", "!bad_value"},
          {R"({"key":"t","value":"high"})", "!bad_value"},
          {R"({"key":"t","value":"12,5"})", "!bad_value"},
          {R"({"key":"t","value":true})", "!bad_value"},
          {R"({"key":"t","value":[1,2,3]})", "!bad_value"},
          {R"({"key":"t","value":1e999})", "!not_finite"},
          {R"({"message":"test1","@version":"1","@timestamp":"2026-11-21T18:34:33.221Z",)"
           R"("host":"web01"})",
           "nothing"},
          {R"({})", "nothing"},
          {R"([])", "nothing"},
          {R"([1,2,3])", "nothing"},
          {R"({"key":"t","value":NaN})", "invalid"},
          {R"({"key":"t","key":"u","value":1})", "invalid"},
          {R"({"key":"t","value":1)", "invalid"},
          {R"({"key":"t","value":1}})", "invalid"},
          {"{\"key\":\"\xff\",\"value\":1}", "invalid"},
          {R"({"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":{"k":{"l":{"m":{"n":{"o":{"p":{"q":1}}}}}}}}}}}}}}}}})",
           "invalid"},
          {"", "invalid"},
          {"12", "invalid"},
      }) {
    EXPECT_EQ(read_as_text(text), wanted) << text;
  }
}

TEST(json_tools, follow_a_mapping_of_ones_own) {
  field_mapping own;
  own.names = {"tagname"};
  own.values = {"reading"};
  own.times = {"at"};
  own.tags = {"line"};
  parsed into;
  into.set_mapping(own);
  EXPECT_EQ(read_json(R"({"tagname":"p","reading":3,"at":1795286073,"line":"7","value":9})", {}, into, ""),
            json_result::read);
  EXPECT_EQ(shown(into), "p,line=7=3@1795286073000");
}

TEST(json_tools, read_opentelemetry_among_other_objects) {
  EXPECT_EQ(read_as_text(R"({"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name",)"
                         R"("value":{"stringValue":"shop"}},{"key":"process.pid","value":{"intValue":"7"}}]},)"
                         R"("scopeMetrics":[{"metrics":[
          {"name":"temp","gauge":{"dataPoints":[{"asDouble":21.5,"timeUnixNano":"1795286073000000000"}]}},
          {"name":"hits","sum":{"isMonotonic":true,"dataPoints":[{"asInt":"42","timeUnixNano":1795286073000000000,
           "attributes":[{"key":"code","value":{"intValue":"200"}}]}]}},
          {"name":"lat","histogram":{"dataPoints":[{"count":"4","sum":10,"timeUnixNano":"1795286073000000000"}]}}
          ]}]}]})"),
            "temp,service.name=shop=21.5@1795286073000 hits,code=200,service.name=shop=42@1795286073000 "
            "lat_count,service.name=shop=4@1795286073000 lat_sum,service.name=shop=10@1795286073000 "
            "lat_mean,service.name=shop=2.5@1795286073000");
}

}  // namespace
}  // namespace spindrift::formats
