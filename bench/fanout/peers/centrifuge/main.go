// Centrifugo's engine: every change is published to one map channel, keyed by the session, as its documentation has it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/centrifugal/centrifuge"
)

const channel = "sessions"

func main() {
	node, err := centrifuge.New(centrifuge.Config{Map: centrifuge.MapConfig{
		GetMapChannelOptions: func(string) centrifuge.MapChannelOptions {
			return centrifuge.MapChannelOptions{
				Mode: centrifuge.MapModeRecoverable, KeyTTL: time.Hour, StreamSize: 5000, StreamTTL: time.Hour,
			}
		},
	}})
	if err != nil {
		log.Fatal(err)
	}
	// What comes within the tick that our frames have as well leaves in one write.
	node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{
			Credentials: &centrifuge.Credentials{UserID: "anybody"}, WriteDelay: 250 * time.Millisecond, MaxMessagesInFrame: 1000,
		}, nil
	})
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnSubscribe(func(_ centrifuge.SubscribeEvent, done centrifuge.SubscribeCallback) {
			done(centrifuge.SubscribeReply{Options: centrifuge.SubscribeOptions{Type: centrifuge.SubscriptionTypeMap}}, nil)
		})
	})
	if err := node.Run(); err != nil {
		log.Fatal(err)
	}
	http.Handle("/", centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		PingPongConfig: centrifuge.PingPongConfig{PingInterval: -1},
	}))
	http.HandleFunc("/publish", func(_ http.ResponseWriter, request *http.Request) {
		lines := bufio.NewScanner(request.Body)
		for lines.Scan() {
			publish(node, lines.Bytes())
		}
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

// One change: a list that begins with the session's id.
func publish(node *centrifuge.Node, line []byte) {
	var change []any
	if err := json.Unmarshal(line, &change); err != nil {
		log.Fatal(err)
	}
	data := append([]byte(nil), line...)
	if _, err := node.MapPublish(context.Background(), channel, change[0].(string), centrifuge.MapPublishOptions{Data: data}); err != nil {
		log.Fatal(err)
	}
}
