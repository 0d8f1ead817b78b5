// Pushes with Go's client library. Arguments: the URL of the gateway and the name of a case.
//
// A refused push ends the program with status 1 and prints what the library returned.
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"
)

func gauge(name string, value float64) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: "Help of " + name + "."})
	g.Set(value)
	return g
}

// pusher sends delimited protobuf, as the library does unless told otherwise.
func pusher(url, job string, collectors ...prometheus.Collector) *push.Pusher {
	p := push.New(url, job)
	for _, c := range collectors {
		p.Collector(c)
	}
	return p
}

func everyType() []prometheus.Collector {
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jobs_total", Help: "Jobs done."}, []string{"kind"})
	counter.WithLabelValues("a").(prometheus.ExemplarAdder).AddWithExemplar(3, prometheus.Labels{"trace_id": "abc"})
	counter.WithLabelValues("b \"c\" \\ d\ne").Inc()
	temperature := prometheus.NewGauge(prometheus.GaugeOpts{Name: "temperature_celsius", Help: "Over\ntwo lines, \\ and all."})
	temperature.Set(-12.5)
	wait := prometheus.NewSummary(prometheus.SummaryOpts{Name: "wait_seconds", Help: "Waiting.", Objectives: map[float64]float64{0.5: 0.05}})
	wait.Observe(0.25)
	size := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "size_bytes", Help: "Sizes.", Buckets: []float64{0.00001, 5, 1e6}})
	native := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "native_seconds", Help: "Native.", NativeHistogramBucketFactor: 1.1})
	for _, v := range []float64{0.5, 3, 1e6} {
		size.Observe(v)
		native.Observe(v)
	}
	return []prometheus.Collector{counter, temperature, wait, size, native}
}

func slash(url string) *push.Pusher {
	return pusher(url, "a/b", gauge("a", 1)).
		Grouping("path", "/var/tmp").Grouping("empty", "").Grouping("instance", "i")
}

func auth(url string) *push.Pusher {
	header := http.Header{"X-Tenant": {"t"}}
	return pusher(url, "auth", gauge("a", 1)).BasicAuth("user", "secret").Header(header)
}

var cases = map[string]func(url string) error{
	"every-type":     func(url string) error { return pusher(url, "types", everyType()...).Push() },
	"push":           func(url string) error { return pusher(url, "j", gauge("a", 1)).Push() },
	"push-other":     func(url string) error { return pusher(url, "j", gauge("b", 2)).Push() },
	"add-other":      func(url string) error { return pusher(url, "j", gauge("b", 2)).Add() },
	"add-again":      func(url string) error { return pusher(url, "j", gauge("a", 3)).Add() },
	"delete":         func(url string) error { return pusher(url, "j").Delete() },
	"delete-nothing": func(url string) error { return pusher(url, "nothing").Delete() },
	"slash":          func(url string) error { return slash(url).Push() },
	"slash-delete":   func(url string) error { return slash(url).Delete() },
	"auth":           func(url string) error { return auth(url).Push() },
	"auth-delete":    func(url string) error { return auth(url).Delete() },
	"other-type": func(url string) error {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: "a", Help: "Help of a."})
		return pusher(url, "k", c).Push()
	},
}

func main() {
	if err := cases[os.Args[2]](os.Args[1]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
