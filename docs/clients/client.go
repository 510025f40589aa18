// Numbers from stdin to a stream, verdicts to stdout; reconnects and resumes.
//
//	go run client.go PRODUCER STREAM [HOST:PORT]
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

const inFlight = 512 // points without a verdict; the server keeps 1,024

type reply struct {
	Type    string `json:"type"`
	Seq     uint64 `json:"seq"`
	LastSeq uint64 `json:"last_seq"`
}

type point struct {
	Stream string  `json:"stream"`
	Value  float64 `json:"value"`
	Seq    uint64  `json:"seq"`
	Ts     int64   `json:"ts"`
}

type client struct {
	producer, address string
	conn              net.Conn
	lines             *bufio.Reader
	seq               uint64
	unanswered        [][]byte // oldest first
	first             uint64   // the seq of the oldest
}

func (c *client) connect() {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 10*time.Second) {
		conn, err := net.DialTimeout("tcp", c.address, 10*time.Second)
		if err == nil {
			c.conn, c.lines = conn, bufio.NewReader(conn)
			fmt.Fprintf(conn, "{\"op\":\"hello\",\"producer\":%q}\n", c.producer)
			var welcome reply
			if welcome, _, err = c.read(); err == nil {
				if welcome.Type != "welcome" {
					fmt.Fprintln(os.Stderr, "refused")
					os.Exit(1)
				}
				c.seq = max(c.seq, welcome.LastSeq)
				for _, line := range c.unanswered {
					conn.Write(line)
				}
				return
			}
		}
		fmt.Fprintln(os.Stderr, err, "again in", pause)
		time.Sleep(pause)
	}
}

func (c *client) read() (r reply, line []byte, err error) {
	if line, err = c.lines.ReadBytes('\n'); err == nil {
		err = json.Unmarshal(line, &r)
	}
	return
}

func (c *client) send(stream string, value float64) {
	c.seq++
	line, _ := json.Marshal(point{stream, value, c.seq, time.Now().UnixMilli()})
	if len(c.unanswered) == 0 {
		c.first = c.seq
	}
	c.unanswered = append(c.unanswered, append(line, '\n'))
	if _, err := c.conn.Write(c.unanswered[len(c.unanswered)-1]); err != nil {
		c.connect()
	}
	c.wait(inFlight)
}

// wait prints verdicts until at most `left` points have none.
func (c *client) wait(left int) {
	for len(c.unanswered) > left {
		r, line, err := c.read()
		if err != nil {
			c.conn.Close()
			c.connect()
		} else if r.Seq == c.first {
			c.unanswered, c.first = c.unanswered[1:], c.first+1
			os.Stdout.Write(line)
		}
	}
}

func min(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}

func max(a, b uint64) uint64 {
	if a > b {
		return a
	}
	return b
}

func main() {
	c := &client{producer: os.Args[1], address: "127.0.0.1:7171"}
	if len(os.Args) > 3 {
		c.address = os.Args[3]
	}
	c.connect()
	for numbers := bufio.NewScanner(os.Stdin); numbers.Scan(); {
		if value, err := strconv.ParseFloat(numbers.Text(), 64); err == nil {
			c.send(os.Args[2], value)
		}
	}
	c.wait(0)
}
